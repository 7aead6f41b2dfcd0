"""Momentum: the MACD crosses its signal line while the price has moved that way already.

The MACD (12, 26) crosses its signal (9) on this candle, the close is beyond the 50-candle average on the same
side, and the move of the last 20 candles is at least one average range in that direction.

    score = 0.40 the move of the last 20 candles, in 4 average ranges
          + 0.30 the histogram's growth on this candle, in tenths of an average range
          + 0.30 whether the MACD itself stands on the side of the trade

Indicators: Gerald Appel, *Technical Analysis: Power Tools for Active Investors* (2005).
"""

from dataclasses import dataclass
from typing import ClassVar

import talib

from signals.strategies.proposal import by_range, propose, weighed
from signals.strategies.tuning import check, within
from signals.strategies.window import Family, Idea, Window

FAST, SLOW, SIGNAL, LONG, WILDER = 12, 26, 9, 50, 14
STOP, TARGETS = 2.0, (3.0, 5.0)


@dataclass(frozen=True, slots=True)
class MacdMomentum:
    """See the module: rules, formula and source."""

    move: int = within(20, 1, 100)
    least_move: float = within(1.0, 0.0, 10.0)

    name: ClassVar[str] = "macd-momentum-1"
    title: ClassVar[str] = "MACD momentum"
    family: ClassVar[Family] = "momentum"
    description: ClassVar[str] = (
        "What has risen for some weeks tends to rise for some more. When the MACD turns in the direction of "
        "a move that is already there, join it, with a stop two average ranges away."
    )
    warm_up: ClassVar[int] = 120
    horizon: ClassVar[int] = 20

    def __post_init__(self) -> None:
        check(self)

    def decide(self, window: Window) -> Idea | None:
        """Return an idea on the candle of the cross; None before ``warm_up`` candles."""
        if len(window) < max(self.warm_up, self.move + 1):
            return None
        close = window.close
        macd, signal, histogram = talib.MACD(close, FAST, SLOW, SIGNAL)
        up = float(histogram[-1]) > 0
        if (float(histogram[-2]) > 0) == up:
            return None
        atr = float(talib.ATR(window.high, window.low, close, WILDER)[-1])
        long, way = float(talib.SMA(close, LONG)[-1]), 1 if up else -1
        moved = float(close[-1] - close[-1 - self.move]) * way
        if atr <= 0 or (float(close[-1]) - long) * way <= 0 or moved < self.least_move * atr:
            return None
        growth = float(histogram[-1] - histogram[-2]) * way
        with_it = float(macd[-1]) * way > 0
        score = weighed((0.40, moved / atr / 4), (0.30, growth / atr * 10), (0.30, with_it))
        told = (
            f"The MACD ({FAST}, {SLOW}) at {macd[-1]:.4g} crossed {'above' if up else 'below'} its signal "
            f"line at {signal[-1]:.4g} on this candle. In {self.move} candles the price moved "
            f"{moved / atr:.1f} average ranges of {atr:.4g} {'up' if up else 'down'}. "
            f"The close of {close[-1]:.6g} stands "
            f"{'above' if up else 'below'} the {LONG}-candle average of {long:.6g}. "
            f"The stop stands {STOP:g} ranges away."
        )
        levels = by_range(window, atr, up=up, stop=STOP, targets=TARGETS)
        return propose(self.name, window, levels, up=up, score=score, life=self.horizon, rationale=told)
