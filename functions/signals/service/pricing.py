"""Reading instruments, candles and quotes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from signals.errors import InstrumentNotFound, QuoteNotFound, TimeframeNotOffered
from signals.model.market import Candle, Instrument, Quote, Timeframe
from signals.ports import CandleStore, QuoteBoard, Reference


@dataclass(frozen=True, slots=True)
class Pricing:
    """The read side of the market."""

    candles: CandleStore
    quotes: QuoteBoard
    reference: Reference
    now: Callable[[], datetime] = clock.now

    def instruments(self) -> Sequence[Instrument]:
        """Return every instrument, by symbol."""
        return self.reference.instruments()

    def instrument(self, symbol: str) -> Instrument:
        """Return one instrument. Raises :class:`InstrumentNotFound`."""
        found = self.reference.instrument(symbol)
        if found is None:
            raise InstrumentNotFound
        return found

    def closed_candles(
        self, symbol: str, timeframe: Timeframe, until: datetime | None, limit: int
    ) -> list[Candle]:
        """Return up to ``limit`` candles closed until ``until``, oldest first, as traded.

        Raises :class:`InstrumentNotFound`, and :class:`TimeframeNotOffered` where there are none at all.
        """
        self.instrument(symbol)
        now = self.now()
        found = self.candles.last(symbol, timeframe, min(until or now, now), limit)
        if not found and not self.candles.last(symbol, timeframe, now, 1):
            raise TimeframeNotOffered
        return found

    def quote(self, symbol: str) -> Quote:
        """Return the newest quote. Raises :class:`InstrumentNotFound`, :class:`QuoteNotFound`."""
        self.instrument(symbol)
        found = self.quotes.find(symbol)
        if found is None:
            raise QuoteNotFound
        return found
