"""Curves: from the marks of a run to days, returns, drawdowns and months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall from a high: ``depth`` as a negative fraction, and its days.

    ``longest_days`` is the longest time any high stood, recovered or not, in calendar days. ``recovered`` is
    None while the high of the deepest one was not reached again.
    """

    depth: float = 0.0
    peak: date | None = None
    trough: date | None = None
    recovered: date | None = None
    longest_days: int = 0


@dataclass(frozen=True, slots=True)
class Daily:
    """Equity at the last mark of each day that has one (UTC), after ``start``."""

    start: float
    days: list[date]
    equity: Curve

    @property
    def returns(self) -> Curve:
        """Simple returns, one a day; the first is against ``start``. After ruin there are none: 0."""
        before = np.concatenate(([self.start], self.equity[:-1]))
        return np.divide(self.equity, before, out=np.ones_like(self.equity), where=before > 0) - 1.0

    @property
    def underwater(self) -> Curve:
        """How far equity lies below its highest value so far, as fractions, 0 or negative."""
        highest = np.maximum.accumulate(np.concatenate(([self.start], self.equity)))[1:]
        return self.equity / highest - 1.0


def daily(start: float, times: Sequence[datetime], equity: Sequence[float]) -> Daily:
    """Return the last value of each day."""
    last: dict[date, float] = {}
    for at, value in zip(times, equity, strict=True):
        last[at.date()] = value
    return Daily(start, [*last], np.array([*last.values()], dtype=np.float64))


def drawdown(curve: Daily) -> Drawdown:
    """Return the deepest and the longest drawdown of ``curve``."""
    below = curve.underwater
    if not len(below) or below.min() >= 0:
        return Drawdown()
    trough = int(below.argmin())
    at_peak = np.flatnonzero(below[: trough + 1] >= 0)
    peak = int(at_peak[-1]) if len(at_peak) else 0
    after = np.flatnonzero(below[trough:] >= 0)
    recovered = curve.days[trough + int(after[0])] if len(after) else None
    return Drawdown(float(below[trough]), curve.days[peak], curve.days[trough], recovered, _longest(curve))


def _longest(curve: Daily) -> int:
    longest, high = 0, curve.days[0]
    for day, below in zip(curve.days, curve.underwater, strict=True):
        longest = max(longest, (day - high).days)
        if below >= 0:
            high = day
    return longest


def monthly(curve: Daily) -> list[tuple[int, int, float]]:
    """Return ``(year, month, return)`` for each month with a day, in order."""
    found: list[tuple[int, int, float]] = []
    before, index = curve.start, 0
    while index < len(curve.days):
        first = curve.days[index]
        while index < len(curve.days) and _month(curve.days[index]) == _month(first):
            index += 1
        value = float(curve.equity[index - 1])
        found.append((first.year, first.month, value / before - 1.0 if before > 0 else 0.0))
        before = value
    return found


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
