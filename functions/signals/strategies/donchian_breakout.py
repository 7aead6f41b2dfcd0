"""Breakout: a close beyond the channel of the last 20 candles, on the side the 55-candle channel favours.

The candle closes above the highest high of the 20 candles before it (or below the lowest low), none of the
last 10 closes did, and the close lies in the upper (lower) quarter of the 55-candle channel. The stop stands
two average ranges away, as the Turtles had it.

    score = 0.35 how far beyond the channel it closed, in average ranges
          + 0.25 whether the 55-candle channel is broken too
          + 0.25 how quiet it was before: the 20-candle channel narrow against 8 average ranges
          + 0.15 how near to its own extreme the candle closed

Source: Richard Donchian's four-week rule; Curtis Faith, *Way of the Turtle* (2007): channels of 20 and 55.
"""

from dataclasses import dataclass
from typing import ClassVar

import talib

from signals.strategies.proposal import by_range, propose, weighed
from signals.strategies.tuning import check, within
from signals.strategies.window import Family, Idea, Prices, Window

RANGE = 20
FAVOURED = 0.75
STOP, TARGETS = 2.0, (3.0, 6.0)
_WIDE = 8.0


@dataclass(frozen=True, slots=True)
class _Channel:
    """The channel of the candles before each candle; ``place`` is where the close lies in it, 0 to 1."""

    high: Prices
    low: Prices

    @property
    def width(self) -> float:
        return float(self.high[-2] - self.low[-2])

    def edge(self, at: int, *, up: bool) -> float:
        return float((self.high if up else self.low)[at - 1])

    def place(self, close: float, *, up: bool) -> float:
        high, low = float(self.high[-2]), float(self.low[-2])
        return 0.0 if high <= low else ((close - low) if up else (high - close)) / (high - low)


@dataclass(frozen=True, slots=True)
class DonchianBreakout:
    """See the module: rules, formula and source."""

    entry_channel: int = within(20, 2, 100)
    trend_channel: int = within(55, 2, 150)
    quiet: int = within(10, 1, 50)

    name: ClassVar[str] = "donchian-breakout-1"
    title: ClassVar[str] = "Donchian breakout"
    family: ClassVar[Family] = "breakout"
    description: ClassVar[str] = (
        "Prices that leave the range of the last weeks have found new buyers or sellers. Follow the first "
        "close beyond the 20-candle channel when the larger channel of 55 candles favours the same side."
    )
    warm_up: ClassVar[int] = 100
    horizon: ClassVar[int] = 30

    def __post_init__(self) -> None:
        check(self)

    def decide(self, window: Window) -> Idea | None:
        """Return an idea on the first close beyond the channel; None before ``warm_up`` candles."""
        if len(window) < max(self.warm_up, self.trend_channel + 1, self.entry_channel + self.quiet + 1):
            return None
        near, far = _channel(window, self.entry_channel), _channel(window, self.trend_channel)
        close = float(window.close[-1])
        for up in (True, False):
            if self._breaks(window, near, up=up) and far.place(close, up=up) >= FAVOURED:
                return self._idea(window, near, far, up=up)
        return None

    def _breaks(self, window: Window, near: _Channel, *, up: bool) -> bool:
        def outside(at: int) -> bool:
            close = float(window.close[at])
            return close > near.edge(at, up=up) if up else close < near.edge(at, up=up)

        return outside(-1) and not any(outside(at) for at in range(-1 - self.quiet, -1))

    def _idea(self, window: Window, near: _Channel, far: _Channel, *, up: bool) -> Idea | None:
        atr = float(talib.ATR(window.high, window.low, window.close, RANGE)[-1])
        close, way = float(window.close[-1]), 1 if up else -1
        beyond = (close - near.edge(-1, up=up)) * way / atr
        larger = (close - far.edge(-1, up=up)) * way > 0
        high, low = float(window.high[-1]), float(window.low[-1])
        strong = ((close - low) if up else (high - close)) / (high - low) if high > low else 0.0
        score = weighed((0.35, beyond), (0.25, larger), (0.25, 1 - near.width / atr / _WIDE), (0.15, strong))
        told = (
            f"The close of {close:.6g} is the first in {self.quiet} candles {'above' if up else 'below'} the "
            f"{self.entry_channel}-candle channel ({near.low[-2]:.6g} to {near.high[-2]:.6g}), "
            f"by {beyond:.1f} average ranges of {atr:.4g}. "
            f"The {self.trend_channel}-candle channel ({far.low[-2]:.6g} to {far.high[-2]:.6g}) "
            f"{'is broken too' if larger else 'favours the same side'}. "
            f"The channel before was {near.width / atr:.1f} ranges wide. "
            f"The stop stands {STOP:g} ranges away."
        )
        levels = by_range(window, atr, up=up, stop=STOP, targets=TARGETS)
        return propose(self.name, window, levels, up=up, score=score, life=self.horizon, rationale=told)


def _channel(window: Window, candles: int) -> _Channel:
    return _Channel(talib.MAX(window.high, candles), talib.MIN(window.low, candles))
