"""Trend following: an EMA cross that a rising ADX confirms, with a stop measured in ATR.

A cross of EMA 12 over EMA 26 in the last five candles is a candidate; it becomes an idea on the first
candle since the cross where ADX 14 is at least 18 and rising and the directional index agrees.

    confidence = 1 + 99 x (0.30 min(ADX / 30, 1)            how strong the trend is
                         + 0.25 min(|DI+ - DI-| / 20, 1)    how one-sided it is
                         + 0.20 min(|EMA12 - EMA26| / (ATR / 2), 1)   how far the averages are apart
                         + 0.25 [close beyond EMA 50])      whether the longer trend agrees

Indicators: J. Welles Wilder, *New Concepts in Technical Trading Systems* (1978), as TA-Lib computes them.
The weights are a judgement, not a fit; they are measured by the track record.
"""

from dataclasses import dataclass
from typing import Final

import talib

from signals.model.signal import Side
from signals.strategies.window import Family, Idea, Prices, Window

FAST, SLOW, LONG, WILDER = 12, 26, 50, 14
CROSSED_WITHIN: Final = 5
MIN_ADX: Final = 18.0
STOP_ATR, TARGETS_ATR = 2.0, (3.0, 5.0)
LIFE: Final = 20
WARM_UP: Final = 2 * LONG


@dataclass(frozen=True, slots=True)
class _Indicators:
    fast: Prices
    slow: Prices
    long: Prices
    adx: Prices
    plus: Prices
    minus: Prices
    atr: float

    def rising(self, at: int) -> bool:
        return bool(self.fast[at] > self.slow[at])

    def crossed(self, last: int) -> int | None:
        """Return the newest candle of the last few on which the averages crossed."""
        for at in range(last, last - CROSSED_WITHIN - 1, -1):
            if self.rising(at) != self.rising(at - 1):
                return at
        return None

    def confirms(self, at: int, *, up: bool) -> bool:
        strong = self.adx[at] >= MIN_ADX and self.adx[at] > self.adx[at - 1]
        return bool(strong and (self.plus[at] > self.minus[at]) == up)


class EmaTrend:
    """See the module: rules, formula and source."""

    name = "ema-trend-1"
    title = "EMA trend"
    family: Family = "trend"
    description = (
        "A trend that has begun tends to go on. When a short average crosses a long one and directional "
        "movement grows on the same side, follow it, with a stop two average ranges away."
    )
    warm_up = WARM_UP
    horizon = LIFE

    def decide(self, window: Window) -> Idea | None:
        """Return an idea on the first confirmed candle after a cross; None before ``WARM_UP`` candles."""
        if len(window) < WARM_UP:
            return None
        seen, last = _measure(window), len(window) - 1
        crossed = seen.crossed(last)
        if crossed is None:
            return None
        up = seen.rising(last)
        if not seen.confirms(last, up=up) or any(seen.confirms(at, up=up) for at in range(crossed, last)):
            return None
        return _idea(window, seen, since=last - crossed, up=up)


def _measure(window: Window) -> _Indicators:
    high, low, close = window.high, window.low, window.close
    return _Indicators(
        fast=talib.EMA(close, FAST),
        slow=talib.EMA(close, SLOW),
        long=talib.EMA(close, LONG),
        adx=talib.ADX(high, low, close, WILDER),
        plus=talib.PLUS_DI(high, low, close, WILDER),
        minus=talib.MINUS_DI(high, low, close, WILDER),
        atr=float(talib.ATR(high, low, close, WILDER)[-1]),
    )


def _idea(window: Window, seen: _Indicators, *, since: int, up: bool) -> Idea | None:
    entry, way = float(window.close[-1]), 1 if up else -1
    stop = entry - way * STOP_ATR * seen.atr
    targets = tuple(entry + way * many * seen.atr for many in TARGETS_ATR)
    if min(stop, *targets) <= 0:
        return None  # so wide a range leaves no price to stop at
    side: Side = "buy" if up else "sell"
    agrees = (entry > float(seen.long[-1])) == up
    return Idea(
        side,
        entry,
        stop,
        targets,
        confidence(seen, agrees=agrees),
        LIFE,
        _rationale(seen, since, entry, agrees=agrees),
    )


def confidence(seen: _Indicators, *, agrees: bool) -> int:
    """Return 1 to 100 by the module's formula, from the newest values."""
    trend = min(float(seen.adx[-1]) / 30, 1.0)
    sided = min(abs(float(seen.plus[-1] - seen.minus[-1])) / 20, 1.0)
    apart = min(abs(float(seen.fast[-1] - seen.slow[-1])) / (seen.atr / 2), 1.0)
    return round(1 + 99 * (0.30 * trend + 0.25 * sided + 0.20 * apart + 0.25 * agrees))


def _rationale(seen: _Indicators, since: int, entry: float, *, agrees: bool) -> str:
    up = seen.rising(-1)
    when = "on this candle" if since == 0 else f"{since} candle{'s' if since > 1 else ''} ago"
    longer = "confirms" if agrees else "does not confirm"
    return (
        f"The {FAST}-candle average crossed {'above' if up else 'below'} the {SLOW}-candle average {when}. "
        f"The trend is strengthening: ADX rose from {seen.adx[-2]:.1f} to {seen.adx[-1]:.1f}, with "
        f"{'buyers' if up else 'sellers'} ahead (+DI {seen.plus[-1]:.1f}, -DI {seen.minus[-1]:.1f}). "
        f"The {LONG}-candle average at {seen.long[-1]:.6g} {longer} it (close {entry:.6g}). "
        f"A candle ranges {seen.atr:.4g} on average, and the stop stands {STOP_ATR:g} times that away."
    )
