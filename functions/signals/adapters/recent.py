"""The newest candles of each symbol, kept in the container, so that a decision reads only what is new."""

from collections.abc import Sequence
from datetime import datetime

from signals.model.market import Candle, Timeframe
from signals.ports import CandleStore


class RecentCandles:
    """``store`` with a memory of the last ``keep`` candles of every symbol and timeframe.

    Another container may have saved candles meanwhile, so the store is always asked for those newer than
    the newest known; candles of one symbol come in order (one partition), so none is missing before it.
    """

    def __init__(self, store: CandleStore, keep: int) -> None:
        self._store = store
        self._keep = keep
        self._known: dict[tuple[str, Timeframe], list[Candle]] = {}

    def save(self, candles: Sequence[Candle]) -> None:
        """Save them in the store alone."""
        self._store.save(candles)

    def last(self, symbol: str, timeframe: Timeframe, until: datetime, count: int) -> list[Candle]:
        """Return the newest until then, from memory and what the store has beyond it."""
        known = self._known.get((symbol, timeframe), [])
        if count > self._keep or not known or known[-1].closed_at > until:
            known = self._store.last(symbol, timeframe, until, max(count, self._keep))
        else:
            known = known + self._store.between(symbol, timeframe, known[-1].closed_at, until)
        self._known[symbol, timeframe] = known[-self._keep :]
        return known[-count:]

    def between(self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime) -> list[Candle]:
        """Ask the store."""
        return self._store.between(symbol, timeframe, after, until)
