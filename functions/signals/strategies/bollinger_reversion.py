"""Mean reversion: a close back inside a Bollinger band, with the longer trend, towards the band's middle.

The candle before closed outside the band (20 candles, 2 standard deviations) on the side against the longer
trend (SMA 100), the RSI of 14 was stretched there, and this candle closes inside again. The stop stands half
an average range beyond the extreme of the excursion, the targets are the middle and the far band.

    score = 0.40 how far outside it closed, in standard deviations
          + 0.30 how stretched the RSI was beyond its threshold, in 15 points
          + 0.30 how far the longer average has moved with the trade in 10 candles, in average ranges

Indicators: John Bollinger, *Bollinger on Bollinger Bands* (2001); RSI by Wilder (1978).
"""

from dataclasses import dataclass
from typing import ClassVar

import talib

from signals.strategies.proposal import Levels, propose, weighed
from signals.strategies.tuning import check, within
from signals.strategies.window import Family, Idea, Prices, Window

BAND, WILDER, LONG, SLOPE = 20, 14, 100, 10
LEAST_REWARD = 0.5


@dataclass(frozen=True, slots=True)
class _Reading:
    rsi: Prices
    upper: Prices
    middle: Prices
    lower: Prices
    long: Prices
    atr: float

    def beyond(self, at: int, close: float, *, up: bool) -> float:
        """Return how far ``close`` lies outside the band on the side to buy (or sell), in its deviations."""
        width = float(self.upper[at] - self.middle[at]) / 2
        if width <= 0:
            return -1.0
        return float(self.lower[at] - close if up else close - self.upper[at]) / width


@dataclass(frozen=True, slots=True)
class BollingerReversion:
    """See the module: rules, formula and source."""

    deviations: float = within(2.0, 0.5, 5.0)
    stretched: float = within(40.0, 5.0, 50.0)

    name: ClassVar[str] = "bollinger-reversion-1"
    title: ClassVar[str] = "Bollinger reversion"
    family: ClassVar[Family] = "mean reversion"
    description: ClassVar[str] = (
        "Within a longer trend, prices that run too far against it tend to come back. When a close returns "
        "inside its Bollinger band after an exaggeration against the trend, aim at the middle of the band."
    )
    warm_up: ClassVar[int] = LONG + SLOPE
    horizon: ClassVar[int] = 15

    def __post_init__(self) -> None:
        check(self)

    def decide(self, window: Window) -> Idea | None:
        """Return an idea on the candle that comes back inside; None before ``warm_up`` candles."""
        if len(window) < self.warm_up:
            return None
        seen = self._read(window)
        for up in (True, False):
            before, now = (seen.beyond(at, float(window.close[at]), up=up) for at in (-2, -1))
            with_trend = float(window.close[-1] - seen.long[-1]) * (1 if up else -1) > 0
            if before > 0 >= now and with_trend and self._stretch(seen, up=up) > 0:
                return self._idea(window, seen, before, up=up)
        return None

    def _read(self, window: Window) -> _Reading:
        close = window.close
        upper, middle, lower = talib.BBANDS(close, BAND, self.deviations, self.deviations)
        atr = float(talib.ATR(window.high, window.low, close, WILDER)[-1])
        return _Reading(talib.RSI(close, WILDER), upper, middle, lower, talib.SMA(close, LONG), atr)

    def _stretch(self, seen: _Reading, *, up: bool) -> float:
        rsi = float(seen.rsi[-2])
        return self.stretched - rsi if up else rsi - (100 - self.stretched)

    def _idea(self, window: Window, seen: _Reading, outside: float, *, up: bool) -> Idea | None:
        entry, way = float(window.close[-1]), 1 if up else -1
        extreme = float(window.low[-2:].min() if up else window.high[-2:].max())
        stop = extreme - way * seen.atr / 2
        middle, far = float(seen.middle[-1]), float((seen.upper if up else seen.lower)[-1])
        if (middle - entry) * way < LEAST_REWARD * (entry - stop) * way:
            return None
        drift = float(seen.long[-1] - seen.long[-1 - SLOPE]) * way / seen.atr
        score = weighed((0.40, outside), (0.30, self._stretch(seen, up=up) / 15), (0.30, drift))
        return propose(
            self.name,
            window,
            Levels(stop, (middle, far)),
            up=up,
            score=score,
            life=self.horizon,
            rationale=_rationale(window, seen, outside, extreme, up=up),
        )


def _rationale(window: Window, seen: _Reading, outside: float, extreme: float, *, up: bool) -> str:
    return (
        f"The candle before closed {outside:.1f} standard deviations {'below' if up else 'above'} its "
        f"{BAND}-candle Bollinger band with RSI at {seen.rsi[-2]:.1f}, and this one came back inside "
        f"(close {window.close[-1]:.6g}). The longer trend points {'up' if up else 'down'}: "
        f"the {LONG}-candle average stands at {seen.long[-1]:.6g}. "
        f"The first target is the middle of the band, {seen.middle[-1]:.6g}; "
        f"the stop stands half an average range of {seen.atr:.4g} beyond the extreme at {extreme:.6g}."
    )
