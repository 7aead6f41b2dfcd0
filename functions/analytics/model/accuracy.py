"""What became of a signal, counted on the day of its publication: a loss cannot leave a month by ending late.

Counted as ``signals`` counts its record (ADR 50): won is a result above nothing, a signal that a person ended
without a price is a full loss, R is a multiple of the risk first published.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Final

from analytics.model.days import day_of
from analytics.model.facts import Turned
from analytics.model.figures import Contribution, Key, Measure

MILLIONTHS: Final = 1_000_000
_PLACES: Final = Decimal("0.000001")
_Z95: Final = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a set of promises came to; ratios are None where they would divide by nothing.

    ``win_rate`` = won / (closed + voided) between ``low`` and ``high`` with 95 % confidence; ``average_r`` is
    the mean result of the closed ones in multiples of the risk, before costs.
    """

    published: int = 0
    closed: int = 0
    won: int = 0
    lost: int = 0
    voided: int = 0
    recalled: int = 0
    r: int = 0

    @property
    def open(self) -> int:
        """How many have not ended."""
        return self.published - self.closed

    @property
    def win_rate(self) -> float | None:
        """The share of those that won."""
        return self.won / self.counted if self.counted else None

    @property
    def low(self) -> float | None:
        """The lower end of its interval."""
        return wilson(self.won, self.counted)[0] if self.counted else None

    @property
    def high(self) -> float | None:
        """The upper end of its interval."""
        return wilson(self.won, self.counted)[1] if self.counted else None

    @property
    def average_r(self) -> float | None:
        """The mean result of the closed ones."""
        return self.r / (MILLIONTHS * self.closed) if self.closed else None

    @property
    def counted(self) -> int:
        """How many promises the rate is over."""
        return self.closed + self.voided


def contributions(facts: Iterable[Turned]) -> Iterator[Contribution]:
    """Yield what the facts of one signal add, in any order; nothing before it is promised."""
    ordered = sorted(facts, key=lambda one: one.order)
    first = next((one for one in ordered if one.turn in {"published", "voided"}), None)
    if first is None:
        return
    yield _on(first, first, "signals-published" if first.turn == "published" else "signals-voided")
    if first.turn == "voided":
        return
    over = False
    for fact in ordered:
        if fact.turn == "recalled":
            yield _on(first, fact, "signals-recalled")
        elif fact.turn == "ended" and not over:
            over = True
            yield from _ended(first, fact)


def wilson(won: int, of: int) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion; ``of`` is above 0.

    E. B. Wilson, JASA 22 (1927) 209-212.
    """
    share, square = won / of, _Z95 * _Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z95 * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return (middle - half if won else 0.0), (middle + half if won < of else 1.0)


def _ended(first: Turned, end: Turned) -> Iterator[Contribution]:
    r = _result(first, end)
    yield _on(first, end, "signals-closed")
    if r:
        yield _on(first, end, "signals-won" if r > 0 else "signals-lost")
        yield _on(first, end, "signals-r", int(r * MILLIONTHS))


def _result(first: Turned, end: Turned) -> Decimal | None:
    """Return R to six places; None without a risk."""
    if end.exit is None:
        return Decimal(-1)
    assert first.entry is not None, "a published signal has an entry"
    assert first.stop is not None, "a published signal has a stop"
    risk = abs(first.entry - first.stop)
    move = (end.exit - first.entry) * (1 if first.rises else -1)
    return (move / risk).quantize(_PLACES) if risk else None


def _on(first: Turned, fact: Turned, measure: Measure, amount: int = 1) -> Contribution:
    return Contribution(Key(measure, day_of(first.at), first.strategy, fact.event), amount)
