"""Candles as arrays: converted once per symbol and batch, then sliced without a copy per candle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from signals.model.market import Candle, Split, divisor
from signals.model.signal import Side

Prices = NDArray[np.float64]
Family = Literal["trend", "mean reversion", "breakout", "momentum", "volatility", "regime"]
WIDTH: Final = 200
"""Candles a decision may depend on: the weight of anything older is below 1e-6 for every indicator used."""


@dataclass(frozen=True, slots=True)
class Idea:
    """What a strategy proposes, in price units of the newest candle, not yet on the tick grid.

    ``life`` is how many candles it may take; ``rationale`` is for people, made of the actual values.
    """

    side: Side
    entry: float
    stop: float
    targets: tuple[float, ...]
    confidence: int
    life: int
    rationale: str


@dataclass(frozen=True, slots=True)
class Window:
    """The last candles up to and including the deciding one, oldest first, adjusted for splits until then.

    ``volume`` is in shares of the newest candle, so a split changes it the other way round.
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

    def __init__(self, candles: Sequence[Candle], splits: Sequence[Split]) -> None:
        self._candles = candles
        self._splits = splits
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
        volume, by = self._volume[part], self._divisors(start, index)
        if by is not None:
            opened, high, low, close, volume = opened / by, high / by, low / by, close / by, volume * by
        return Window(self._candles[index].symbol, opened, high, low, close, volume)

    def _divisors(self, start: int, index: int) -> Prices | None:
        first, last = self._candles[start].closed_at, self._candles[index].closed_at
        if divisor(self._splits, first, last) == 1:
            return None
        span = self._candles[start : index + 1]
        return _array([divisor(self._splits, one.closed_at, last) for one in span])


def _array(values: Sequence[object]) -> Prices:
    return np.array([float(value) for value in values], dtype=np.float64)  # type: ignore[arg-type]  # Decimals
