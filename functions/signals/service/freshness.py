"""Is it still news? What the market did since the candle that decided a signal, in every candle there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from signals.model.market import seen_from
from signals.model.outcome import Stale, stale
from signals.model.signal import Terms
from signals.ports import CandleStore, Reference


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest market time of an instrument, and why a promise made by then comes too late, if it does."""

    market_at: datetime
    stale: Stale | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """Asked before a signal is screened, approved, numbered and published."""

    candles: CandleStore
    reference: Reference
    now: Callable[[], datetime] = clock.now

    def look(self, terms: Terms) -> Seen:
        """Return what ``terms`` met since their candle: closed candles of their timeframe, then shorter ones.

        The market's time counts, not ours: prices may be a recording, and markets rest.
        """
        now = self.now()
        until = min(now, terms.expires_at)
        path = self.candles.between(terms.symbol, terms.timeframe, terms.candle_at, until)
        newest = self.candles.last(terms.symbol, terms.timeframe, now, 1)
        instrument = self.reference.instrument(terms.symbol)
        if instrument is not None and instrument.base != terms.timeframe:
            known_to = path[-1].closed_at if path else terms.candle_at
            path += self.candles.between(terms.symbol, instrument.base, known_to, until)
            newest += self.candles.last(terms.symbol, instrument.base, now, 1)
        market_at = max([terms.candle_at, *(one.closed_at for one in newest)])
        met = seen_from(path, self.reference.splits(terms.symbol), terms.candle_at)
        return Seen(market_at, stale(terms, met, market_at))
