"""Limits of KYC tiers as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from payments.model.kyc import TIERS, Tier
from payments.policies.files import read

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """``limits`` in paise a financial year, the lowest tier first, None: without one."""

    version: str
    since: date
    source: str
    limits: Mapping[Tier, int | None]

    def enough_for(self, paise: int) -> Tier:
        """Return the lowest tier whose limit holds ``paise``: the last one has none."""
        return next(tier for tier, limit in self.limits.items() if limit is None or paise <= limit)


@dataclass(frozen=True, slots=True)
class LimitPolicies:
    """Every policy there ever was, the oldest first."""

    all: tuple[LimitPolicy, ...]

    def on(self, day: date) -> LimitPolicy:
        """Return the policy in force on ``day``; before the first, the first."""
        known = [one for one in self.all if one.since <= day]
        return known[-1] if known else self.all[0]


@cache
def load(folder: Path = HERE) -> LimitPolicies:
    """Return the policies in ``folder``. Raises ``ValueError``, which names the file, for what is none."""
    return LimitPolicies(read(folder, "limits-*.json", _policy))


def _policy(found: dict[str, Any]) -> LimitPolicy:
    rules = dict(found)
    limits = {"none": rules.pop("without_tier"), **rules.pop("tiers")}
    if tuple(limits) != TIERS:
        raise ValueError(f"its tiers are {', '.join(limits)} instead of {', '.join(TIERS)}, the lowest first")
    *bounded, last = limits.values()
    if (
        last is not None
        or not all(isinstance(one, int) for one in bounded)
        or bounded != sorted(set(bounded))
    ):
        raise ValueError("each limit but the last, which is none, is larger than the one before")
    return LimitPolicy(**rules | {"since": date.fromisoformat(rules["since"]), "limits": limits})
