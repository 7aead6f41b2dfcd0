"""Rules of refunds as data: one JSON file a date from which it is in force, never edited after that day."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from payments.policies.files import read

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CourseRule:
    """``percent`` goes back up to ``within_days`` after the capture, below ``below_percent`` of progress."""

    within_days: int
    below_percent: int
    percent: int

    def __post_init__(self) -> None:
        if self.within_days <= 0 or not 0 < self.below_percent <= 100 or not 0 < self.percent <= 100:  # noqa: PLR2004 - percent
            raise ValueError("a rule has days above nothing and percents of 1 to 100")


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """``courses``: the first rule that fits counts. ``source`` says where the rules come from."""

    version: str
    since: date
    source: str
    courses: tuple[CourseRule, ...]
    top_up_within_days: int


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy there ever was, the oldest first."""

    all: tuple[RefundPolicy, ...]

    def on(self, day: date) -> RefundPolicy:
        """Return the policy in force on ``day``. Raises ``LookupError`` before the first."""
        known = [one for one in self.all if one.since <= day]
        if not known:
            raise LookupError(f"no refund policy was in force on {day}")
        return known[-1]


@cache
def load(folder: Path = HERE) -> Policies:
    """Return the policies in ``folder``. Raises ``ValueError``, which names the file, for what is none."""
    return Policies(read(folder, "refunds-*.json", _policy))


def _policy(found: dict[str, Any]) -> RefundPolicy:
    rules = tuple(CourseRule(**each) for each in found["courses"])
    return RefundPolicy(**found | {"since": date.fromisoformat(found["since"]), "courses": rules})
