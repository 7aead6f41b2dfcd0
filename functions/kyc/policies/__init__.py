"""Rules of KYC as data: one JSON file a date from which it is in force, never edited after that day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kyc.model.risk import NEEDED, Risk, assess
from kyc.model.tier import TierRule, Wanted

HERE = Path(__file__).parent
RetentionClass = Literal["kyc", "incomplete"]
"""What was submitted once, and what never was."""


@dataclass(frozen=True, slots=True)
class KycPolicy:
    """``tiers`` the lowest first; ``video_above`` in paise; scores are exclusive limits.

    ``unavailable_at_most`` bounds the score where a provider never answered: nobody is rejected for an
    outage unless what others answered suffices. ``attempts`` are made at a provider in a round.
    """

    version: str
    since: date
    source: str
    tiers: tuple[TierRule, ...]
    review_above: int
    reject_above: int
    weights: Mapping[str, int]
    unavailable_at_most: int
    least_age: int
    attempts: int
    review_within: timedelta
    taken_for: timedelta
    valid_for: timedelta
    redo_ahead: timedelta
    draft_for: timedelta
    again_after: timedelta
    retention: Mapping[RetentionClass, timedelta]

    def rule(self, tier: Wanted) -> TierRule:
        """Return the rule of ``tier``."""
        return next(one for one in self.tiers if one.tier == tier)

    def risk(self, reasons: tuple[str, ...]) -> Risk:
        """Return the score of ``reasons``."""
        answered = assess([one for one in reasons if not one.endswith("_UNAVAILABLE")], self.weights)
        whole = assess(reasons, self.weights)
        if answered.reasons == whole.reasons or answered.score > self.unavailable_at_most:
            return whole
        return Risk(min(whole.score, self.unavailable_at_most), whole.reasons)


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy there ever was, the oldest first."""

    all: tuple[KycPolicy, ...]

    def on(self, day: date) -> KycPolicy:
        """Return the policy in force on ``day``; before the first, the first."""
        known = [one for one in self.all if one.since <= day]
        return known[-1] if known else self.all[0]

    def named(self, version: str) -> KycPolicy:
        """Return the policy that an application names. Raises ``LookupError``."""
        for one in self.all:
            if one.version == version:
                return one
        raise LookupError(f"no KYC policy is called {version}")


@cache
def load(folder: Path = HERE) -> Policies:
    """Return the policies in ``folder``. Raises ``ValueError``, which names the file, for what is none."""
    found: list[KycPolicy] = []
    for path in sorted(folder.glob("kyc-*.json")):
        try:
            found.append(_policy(json.loads(path.read_text())))
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(f"{path.name} cannot be read: {error}") from error
    return Policies(tuple(sorted(found, key=lambda one: one.since)))


def _policy(found: dict[str, Any]) -> KycPolicy:
    rules = dict(found)
    if set(rules["weights"]) != NEEDED:
        raise ValueError(f"weights are missing or unknown: {sorted(set(rules['weights']) ^ NEEDED)}")
    if not 0 < rules["review_above"] < rules["unavailable_at_most"] <= rules["reject_above"]:
        raise ValueError("limits of the score are out of order")
    rules["since"] = date.fromisoformat(rules["since"])
    video_above = rules.pop("video_above")
    rules["tiers"] = tuple(_tier(one, video_above) for one in rules["tiers"])
    rules["review_within"] = timedelta(hours=rules.pop("review_within_h"))
    rules["taken_for"] = timedelta(minutes=rules.pop("taken_for_min"))
    for name, days in (
        ("valid_for", "valid_days"),
        ("redo_ahead", "redo_ahead_days"),
        ("draft_for", "draft_days"),
        ("again_after", "again_after_days"),
    ):
        rules[name] = timedelta(days=rules.pop(days))
    rules["retention"] = {name: timedelta(days=days) for name, days in rules.pop("retention_days").items()}
    return KycPolicy(**rules)


def _tier(found: dict[str, Any], video_above: int) -> TierRule:
    limit = found["limit"]
    video = limit is None or limit > video_above
    return TierRule(found["tier"], limit, tuple(found["documents"]), video)
