"""What a score was worth in the past: a table, fitted by ``make calibrate``, that live code only reads.

The confidence of an idea is the share, in percent, of all past ideas of all strategies of which less was to
be expected (in R, the units of their risk) than of past ideas with its strategy and score. It ranks; it
promises no rate of winning.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("calibration-1.json")
UNKNOWN: Final = 50
"""The confidence of a strategy without a past: in the middle, where screening lets nothing pass."""


@dataclass(frozen=True, slots=True)
class Knot:
    """What came of ``ideas`` past ideas around ``score``: ``expected`` R and the share of ``hits``.

    A hit reached its first target before its stop and before it expired.
    """

    score: float
    expected: float
    hits: float
    ideas: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What is to be expected of an idea, in R and as a share of hits, from 0 to 1."""

    expected: float
    hits: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The knots of each strategy by rising score, and where they come from.

    ``ranks`` are the expectations of past ideas at the percentiles 1 to 99. ``provenance`` names tapes,
    periods, counts and dates.
    """

    version: str
    provenance: Mapping[str, Any]
    ranks: Sequence[float]
    strategies: Mapping[str, Sequence[Knot]]

    def worth(self, strategy: str, score: float) -> Worth | None:
        """Return what ``score`` was worth, between knots in proportion; None without a past."""
        knots = self.strategies.get(strategy, ())
        if not knots:
            return None
        above = bisect_right(knots, score, key=lambda one: one.score)
        left, right = knots[max(above - 1, 0)], knots[min(above, len(knots) - 1)]
        span = right.score - left.score
        share = (score - left.score) / span if span > 0 else 0.0
        return Worth(
            left.expected + share * (right.expected - left.expected),
            left.hits + share * (right.hits - left.hits),
        )

    def confidence(self, strategy: str, score: float) -> int:
        """Return 1 to 100, :data:`UNKNOWN` for a strategy without a past; among equals the middle rank."""
        found = self.worth(strategy, score)
        if found is None:
            return UNKNOWN
        low, high = bisect_left(self.ranks, found.expected), bisect_right(self.ranks, found.expected)
        return (low + high) // 2 + 1


def load(path: Path = FILE) -> Calibration:
    """Return the table in ``path``."""
    found = json.loads(path.read_text())
    strategies = {name: tuple(Knot(**one) for one in of) for name, of in found["strategies"].items()}
    return Calibration(found["version"], found["provenance"], tuple(found["ranks"]), strategies)


@cache
def current() -> Calibration:
    """Return the table in force, read once."""
    return load()


def confidence(strategy: str, score: float) -> int:
    """Return the confidence of an idea of ``strategy`` with ``score``."""
    return current().confidence(strategy, score)
