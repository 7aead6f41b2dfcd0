"""The market in memory: tape positions, bus, candles, quotes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kit.events import Event
from kit.events.market_data import CandleClosed
from signals.model.market import Candle, Quote, Timeframe
from signals.ports import TapePosition

Publish = Callable[[Sequence[Event[CandleClosed]]], None]


class MemoryTapePositions:
    """Positions of tapes."""

    def __init__(self) -> None:
        self._kept: dict[str, TapePosition] = {}

    def find(self, tape: str) -> TapePosition:
        """Return the position."""
        return self._kept.get(tape, TapePosition(tape))

    def move(self, before: TapePosition, after: TapePosition) -> bool:
        """Compare and set."""
        if self.find(before.tape) != before:
            return False
        self._kept[after.tape] = after
        return True


class MemoryMarketData:
    """A bus that remembers what was ``published`` and hands it on to ``deliver``."""

    def __init__(self, deliver: Publish | None = None) -> None:
        self.published: list[Event[CandleClosed]] = []
        self._deliver = deliver

    def publish(self, closed: Sequence[Event[CandleClosed]]) -> None:
        """Keep and deliver at once."""
        self.published += closed
        if self._deliver is not None:
            self._deliver(closed)


class MemoryCandleStore:
    """Candles in order of time."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Timeframe], dict[datetime, Candle]] = {}

    def save(self, candles: Sequence[Candle]) -> None:
        """Keep the newest version of each time."""
        for one in candles:
            self._kept.setdefault((one.symbol, one.timeframe), {})[one.closed_at] = one

    def remove(self, candles: Sequence[Candle]) -> None:
        """Forget them."""
        for one in candles:
            self._kept.get((one.symbol, one.timeframe), {}).pop(one.closed_at, None)

    def last(self, symbol: str, timeframe: Timeframe, until: datetime, count: int) -> list[Candle]:
        """Return the newest until then, oldest first."""
        found = self._kept.get((symbol, timeframe), {})
        return [found[at] for at in sorted(found) if at <= until][-count:]

    def between(self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime) -> list[Candle]:
        """Return those in the span, oldest first."""
        found = self._kept.get((symbol, timeframe), {})
        return [found[at] for at in sorted(found) if after < at <= until]


class MemoryQuoteBoard:
    """The newest quotes."""

    def __init__(self) -> None:
        self._kept: dict[str, Quote] = {}

    def post(self, quotes: Sequence[Quote]) -> None:
        """Keep the newer one of each symbol."""
        for one in quotes:
            known = self._kept.get(one.symbol)
            if known is None or known.at <= one.at:
                self._kept[one.symbol] = one

    def find(self, symbol: str) -> Quote | None:
        """Return the quote."""
        return self._kept.get(symbol)
