"""Risk as data: findings have weights in the policy, their sum is the score, and the score decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kyc.model.details import Details, age
from kyc.model.evidence import Answer, CheckKind, Screened

Way = Literal["approve", "video", "review", "reject"]
HIGHEST: Final = 100
STRONG: Final = 90
"""From this strength on a hit counts as the person."""
NEEDED: Final = frozenset(
    {f"{kind}_{what}" for kind in ("PAN", "AADHAAR") for what in ("MISMATCH", "INVALID", "UNAVAILABLE")}
    | {
        "SANCTIONS_MATCH",
        "SANCTIONS_POSSIBLE",
        "POLITICALLY_EXPOSED",
        "ADVERSE_MEDIA",
        "SCREENING_UNAVAILABLE",
    }
    | {"UNDER_AGE", "PAN_USED_ELSEWHERE"}
)
"""Findings that every policy has to weigh."""


@dataclass(frozen=True, slots=True)
class Risk:
    """``score`` of 0 to 100, and what it is made of."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What others said: registers, lists (None: no answer), and how many ``others`` gave the same PAN."""

    checks: Mapping[CheckKind, Answer]
    screened: Screened | None
    others: int


def findings(details: Details, gathered: Gathered, today: date, least_age: int) -> tuple[str, ...]:
    """Return what speaks against an application, sorted."""
    found: set[str] = set()
    for kind, answer in gathered.checks.items():
        if answer.outcome != "match":
            found.add(f"{kind.upper()}_{answer.outcome.upper()}")
    found |= _hits(gathered.screened)
    if age(details.born, today) < least_age:
        found.add("UNDER_AGE")
    if gathered.others:
        found.add("PAN_USED_ELSEWHERE")
    return tuple(sorted(found))


def _hits(screened: Screened | None) -> set[str]:
    if screened is None:
        return {"SCREENING_UNAVAILABLE"}
    found: set[str] = set()
    for hit in screened.hits:
        if hit.kind == "sanctions":
            found.add("SANCTIONS_MATCH" if hit.strength >= STRONG else "SANCTIONS_POSSIBLE")
        else:
            found.add("POLITICALLY_EXPOSED" if hit.kind == "pep" else "ADVERSE_MEDIA")
    return found


def assess(reasons: Iterable[str], weights: Mapping[str, int]) -> Risk:
    """Return the sum of weights, at most 100. Raises ``LookupError`` for a finding without a weight."""
    told = tuple(reasons)
    return Risk(min(HIGHEST, sum(weights[one] for one in told)), told)


def way_of(score: int, review_above: int, reject_above: int, *, video: bool) -> Way:
    """Return where ``score`` leads; both limits are exclusive."""
    if score > reject_above:
        return "reject"
    if score > review_above:
        return "review"
    return "video" if video else "approve"
