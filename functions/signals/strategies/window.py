"""Candles as arrays: converted once per symbol and batch, then sliced without a copy per candle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from signals.model.market import Adjustment, Candle, Split
from signals.model.signal import Side

Prices = NDArray[np.float64]
Family = Literal["trend", "mean reversion", "breakout", "momentum", "volatility", "regime"]
WIDTH: Final = 200
"""Candles a decision may depend on. What is older weighs at most 1e-6 in Wilder's averages of 14 and in the
MACD, 1e-4 in those of 20."""


@dataclass(frozen=True, slots=True)
class Idea:
    """What a strategy proposes, in price units of the newest candle, not yet on the tick grid.

    ``life`` is how many candles it may take; ``rationale`` is for people, made of the actual values.
    ``score`` is the strategy's own measure, 0 to 1; ``confidence`` what that was worth in the past, 1 to 100.
    """

    side: Side
    entry: float
    stop: float
    targets: tuple[float, ...]
    confidence: int
    life: int
    rationale: str
    score: float = 0.0


class Window(msgspec.Struct, frozen=True, gc=False):  # one a candle: a dataclass takes ten times as long
    """The last candles up to and including the deciding one, oldest first, adjusted until then.

    Prices are adjusted for splits and dividends as they were known then. ``volume`` is in shares of the
    newest candle, so a split changes it the other way round.
    """

    symbol: str
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    volume: Prices

    def __len__(self) -> int:
        return len(self.close)


class Series:
    """Consecutive candles of one symbol and timeframe, oldest first."""

    def __init__(self, candles: Sequence[Candle], adjustments: Sequence[Adjustment]) -> None:
        self._candles = candles
        self._adjustments = adjustments
        self._days = np.array([one.closed_at.toordinal() for one in candles], dtype=np.int64)
        self._open = _array([one.open for one in candles])
        self._high = _array([one.high for one in candles])
        self._low = _array([one.low for one in candles])
        self._close = _array([one.close for one in candles])
        self._volume = _array([one.volume for one in candles])

    def until(self, index: int) -> Window:
        """Return the window that ends with candle ``index``; what came later is not in it."""
        return self.span(max(0, index + 1 - WIDTH), index)

    def span(self, start: int, index: int) -> Window:
        """Return the window from candle ``start`` to ``index``, both in it."""
        part = slice(start, index + 1)
        opened, high, low, close = self._open[part], self._high[part], self._low[part], self._close[part]
        volume = self._volume[part]
        for one in self._within(start, index):
            by = np.where(self._days[part] < one.effective.toordinal(), float(one.ratio), 1.0)
            opened, high, low, close = opened / by, high / by, low / by, close / by
            volume = volume * by if isinstance(one, Split) else volume
        return Window(self._candles[index].symbol, opened, high, low, close, volume)

    def _within(self, start: int, index: int) -> Sequence[Adjustment]:
        if not self._adjustments:
            return ()
        first, last = self._candles[start].closed_at.date(), self._candles[index].closed_at.date()
        return [one for one in self._adjustments if first < one.effective <= last]


def _array(values: Sequence[object]) -> Prices:
    return np.array([float(value) for value in values], dtype=np.float64)  # type: ignore[arg-type]  # Decimals
