"""The newest candles of each symbol, kept in the container, so that a decision reads only what is new."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from signals.model.market import Candle, Timeframe
from signals.model.quality import SeriesKey, SeriesState
from signals.ports import CandleStore


class RecentCandles:
    """``store`` with a memory of the last ``keep`` candles of every symbol and timeframe.

    Another container may have saved candles meanwhile, so the store is always asked for those newer than
    the newest known. What is rewritten before it is forgotten here: our own changes as they are made, those
    of another container when :meth:`forget_rewritten` hears of a revision that we have not seen.
    """

    def __init__(self, store: CandleStore, keep: int) -> None:
        self._store = store
        self._keep = keep
        self._known: dict[tuple[str, Timeframe], list[Candle]] = {}
        self._revisions: dict[SeriesKey, int] = {}

    def save(self, candles: Sequence[Candle]) -> None:
        """Save them in the store alone."""
        self._store.save(candles)
        self._forget(candles)

    def remove(self, candles: Sequence[Candle]) -> None:
        """Remove them from the store, and what is known of their series."""
        self._store.remove(candles)
        self._forget(candles)

    def forget_rewritten(self, states: Mapping[SeriesKey, SeriesState]) -> None:
        """Forget the series whose past somebody rewrote since this was called last."""
        for key, state in states.items():
            if self._revisions.get(key, state.revision) != state.revision:
                self._known.pop(key, None)
            self._revisions[key] = state.revision

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

    def _forget(self, changed: Sequence[Candle]) -> None:
        for one in changed:
            known = self._known.get((one.symbol, one.timeframe))
            if known and one.closed_at <= known[-1].closed_at:
                del self._known[one.symbol, one.timeframe]
