"""Trend following: an EMA cross that a rising ADX confirms, with a stop measured in ATR.

A cross of EMA 12 over EMA 26 in the last five candles is a candidate; it becomes an idea on the first
candle since the cross where ADX 14 is at least 18 and rising and the directional index agrees.

    score = 0.30 how strong the trend is: ADX, in 30 points
          + 0.25 how one-sided it is: |DI+ - DI-|, in 20 points
          + 0.20 how far the averages are apart, in half average ranges
          + 0.25 whether the close stands beyond the 50-candle average: the longer trend agrees

Indicators: J. Welles Wilder, *New Concepts in Technical Trading Systems* (1978), as TA-Lib computes them.
"""

from dataclasses import dataclass
from typing import ClassVar

import talib

from signals.strategies.proposal import by_range, propose, weighed
from signals.strategies.tuning import check, within
from signals.strategies.window import Family, Idea, Prices, Window

FAST, SLOW, LONG, WILDER = 12, 26, 50, 14
STOP, TARGETS = 2.0, (3.0, 5.0)


@dataclass(frozen=True, slots=True)
class _Reading:
    fast: Prices
    slow: Prices
    adx: Prices
    plus: Prices
    minus: Prices
    long: float
    atr: float

    def rising(self, at: int) -> bool:
        return bool(self.fast[at] > self.slow[at])

    def crossed(self, last: int, within: int) -> int | None:
        """Return the newest candle of the last few on which the averages crossed."""
        for at in range(last, last - within - 1, -1):
            if self.rising(at) != self.rising(at - 1):
                return at
        return None


@dataclass(frozen=True, slots=True)
class EmaTrend:
    """See the module: rules, formula and source."""

    crossed_within: int = within(5, 0, 30)
    min_adx: float = within(18.0, 0.0, 60.0)

    name: ClassVar[str] = "ema-trend-2"
    title: ClassVar[str] = "EMA trend"
    family: ClassVar[Family] = "trend"
    description: ClassVar[str] = (
        "A trend that has begun tends to go on. When a short average crosses a long one and directional "
        "movement grows on the same side, follow it, with a stop two average ranges away."
    )
    warm_up: ClassVar[int] = 100
    horizon: ClassVar[int] = 20

    def __post_init__(self) -> None:
        check(self)

    def decide(self, window: Window) -> Idea | None:
        """Return an idea on the first confirmed candle after a cross; None before ``warm_up`` candles."""
        if len(window) < self.warm_up:
            return None
        seen, last = _read(window), len(window) - 1
        crossed = seen.crossed(last, self.crossed_within)
        if crossed is None:
            return None
        up = seen.rising(last)
        confirmed = [at for at in range(crossed, last + 1) if self._confirms(seen, at, up=up)]
        return self._idea(window, seen, last - crossed, up=up) if confirmed == [last] else None

    def _confirms(self, seen: _Reading, at: int, *, up: bool) -> bool:
        strong = seen.adx[at] >= self.min_adx and seen.adx[at] > seen.adx[at - 1]
        return bool(strong and (seen.plus[at] > seen.minus[at]) == up)

    def _idea(self, window: Window, seen: _Reading, since: int, *, up: bool) -> Idea | None:
        agrees = (float(window.close[-1]) - seen.long) * (1 if up else -1) > 0
        score = weighed(
            (0.30, float(seen.adx[-1]) / 30),
            (0.25, abs(float(seen.plus[-1] - seen.minus[-1])) / 20),
            (0.20, abs(float(seen.fast[-1] - seen.slow[-1])) / (seen.atr / 2)),
            (0.25, agrees),
        )
        levels = by_range(window, seen.atr, up=up, stop=STOP, targets=TARGETS)
        told = _rationale(seen, since, float(window.close[-1]), up=up, agrees=agrees)
        return propose(self.name, window, levels, up=up, score=score, life=self.horizon, rationale=told)


def _read(window: Window) -> _Reading:
    high, low, close = window.high, window.low, window.close
    return _Reading(
        fast=talib.EMA(close, FAST),
        slow=talib.EMA(close, SLOW),
        adx=talib.ADX(high, low, close, WILDER),
        plus=talib.PLUS_DI(high, low, close, WILDER),
        minus=talib.MINUS_DI(high, low, close, WILDER),
        long=float(talib.SMA(close, LONG)[-1]),
        atr=float(talib.ATR(high, low, close, WILDER)[-1]),
    )


def _rationale(seen: _Reading, since: int, close: float, *, up: bool, agrees: bool) -> str:
    when = "on this candle" if since == 0 else f"{since} candle{'s' if since > 1 else ''} ago"
    longer = "confirms" if agrees else "does not confirm"
    return (
        f"The {FAST}-candle average crossed {'above' if up else 'below'} the {SLOW}-candle average {when}. "
        f"The trend is strengthening: ADX rose from {seen.adx[-2]:.1f} to {seen.adx[-1]:.1f}, with "
        f"{'buyers' if up else 'sellers'} ahead (+DI {seen.plus[-1]:.1f}, -DI {seen.minus[-1]:.1f}). "
        f"The {LONG}-candle average at {seen.long:.6g} {longer} it (close {close:.6g}). "
        f"A candle ranges {seen.atr:.4g} on average, and the stop stands {STOP:g} times that away."
    )
