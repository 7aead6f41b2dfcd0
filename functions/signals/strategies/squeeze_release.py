"""Volatility: the Bollinger bands leave the Keltner channel after a time inside it; go where the price leans.

For at least six candles the bands (20, 2 deviations) lay inside the channel (20, 1.5 average ranges); on this
candle they are outside again. The side is that of the close against the middle of the 20-candle range and its
average.

    score = 0.40 how long the squeeze was, in 20 candles
          + 0.40 how far the close leans, in 2 average ranges
          + 0.20 whether the lean grew on this candle

Source: John Carter, *Mastering the Trade* (2005): the squeeze. Keltner's channel with ATR is Linda Raschke's.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import talib
from numpy.typing import NDArray

from signals.strategies.proposal import by_range, propose, weighed
from signals.strategies.tuning import check, within
from signals.strategies.window import Family, Idea, Prices, Window

LENGTH = 20
STOP, TARGETS = 2.0, (3.0, 5.0)
_LONG_SQUEEZE = 20


@dataclass(frozen=True, slots=True)
class SqueezeRelease:
    """See the module: rules, formula and source."""

    deviations: float = within(2.0, 0.5, 5.0)
    ranges: float = within(1.5, 0.5, 5.0)
    least: int = within(6, 1, 50)

    name: ClassVar[str] = "squeeze-release-1"
    title: ClassVar[str] = "Squeeze release"
    family: ClassVar[Family] = "volatility"
    description: ClassVar[str] = (
        "Quiet markets are followed by lively ones. When the Bollinger bands have been inside the Keltner "
        "channel for some time and leave it, follow the side to which the price leans."
    )
    warm_up: ClassVar[int] = 120
    horizon: ClassVar[int] = 20

    def __post_init__(self) -> None:
        check(self)

    def decide(self, window: Window) -> Idea | None:
        """Return an idea on the candle of the release; None before ``warm_up`` candles."""
        if len(window) < self.warm_up:
            return None
        ranges = talib.ATR(window.high, window.low, window.close, LENGTH)
        squeezed = talib.STDDEV(window.close, LENGTH, self.deviations) < self.ranges * ranges
        quiet = _run(squeezed)
        atr, lean = float(ranges[-1]), _lean(window)
        if bool(squeezed[-1]) or quiet < self.least or atr <= 0 or not lean[-1]:
            return None
        up = float(lean[-1]) > 0
        strength, before = abs(float(lean[-1])) / atr, float(lean[-2]) * (1 if up else -1) / atr
        score = weighed((0.40, quiet / _LONG_SQUEEZE), (0.40, strength / 2), (0.20, strength > before))
        told = (
            f"For {quiet} candles the Bollinger bands lay inside the Keltner channel: a quiet market. "
            f"On this candle they left it. The close of {window.close[-1]:.6g} stands {strength:.1f} average "
            f"ranges of {atr:.4g} {'above' if up else 'below'} the middle of the last {LENGTH} candles "
            f"({window.close[-1] - lean[-1]:.6g}), after {before:.1f} on the candle before. "
            f"The stop stands {STOP:g} ranges away."
        )
        levels = by_range(window, atr, up=up, stop=STOP, targets=TARGETS)
        return propose(self.name, window, levels, up=up, score=score, life=self.horizon, rationale=told)


def _run(squeezed: NDArray[np.bool_]) -> int:
    """Return for how many candles before the newest the squeeze lasted without a break.

    The first candles of a window have no bands yet, so there is always a break.
    """
    return int(np.argmin(squeezed[-2::-1]))


def _lean(window: Window) -> Prices:
    """Return how far each close stands above the mean of the range's middle and the average."""
    middle = talib.MIDPRICE(window.high, window.low, LENGTH)
    lean: Prices = window.close - (middle + talib.SMA(window.close, LENGTH)) / 2
    return lean
