"""Reading instruments, candles and quotes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from kit import clock
from kit.money import on_tick
from signals.errors import InstrumentNotFound, QuoteNotFound, TimeframeNotOffered
from signals.model.market import Candle, Instrument, Quote, Timeframe, seen_from
from signals.ports import CandleStore, QuoteBoard, Reference

FINER = Decimal("0.01")
"""Adjusted prices were never traded, so they are given in hundredths of a tick."""


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
        self,
        symbol: str,
        timeframe: Timeframe,
        until: datetime | None,
        limit: int,
        *,
        adjusted: bool = False,
    ) -> list[Candle]:
        """Return up to ``limit`` candles closed until ``until``, oldest first, prices on the tick as traded.

        ``adjusted`` gives them in the prices of now: splits and dividends that are effective by today.
        Raises :class:`InstrumentNotFound`, and :class:`TimeframeNotOffered` where the tape cannot give any.
        """
        instrument, now = self.instrument(symbol), self.now()
        if timeframe not in instrument.timeframes:
            raise TimeframeNotOffered(f"{symbol} has {', '.join(instrument.timeframes)}")
        found = self.candles.last(symbol, timeframe, min(until or now, now), limit)
        if not adjusted:
            return [_on_tick(one, instrument.tick) for one in found]
        seen = seen_from(found, self.reference.adjustments(symbol), now)
        return [_on_tick(one, instrument.tick * FINER) for one in seen]

    def quote(self, symbol: str) -> Quote:
        """Return the newest quote. Raises :class:`InstrumentNotFound`, :class:`QuoteNotFound`."""
        instrument = self.instrument(symbol)
        found = self.quotes.find(symbol)
        if found is None:
            raise QuoteNotFound
        return replace(found, price=on_tick(found.price, instrument.tick))


def _on_tick(candle: Candle, tick: Decimal) -> Candle:
    """Return ``candle`` with every digit of its tick: a store that keeps floats drops trailing zeros."""
    opened, high, low, close = (
        on_tick(one, tick) for one in (candle.open, candle.high, candle.low, candle.close)
    )
    return replace(candle, open=opened, high=high, low=low, close=close)
