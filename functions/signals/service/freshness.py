"""Is it still news? What the market did since the candle that decided a signal, in every candle there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from signals.model.market import Timeframe, seen_from
from signals.model.outcome import Stale, stale
from signals.model.signal import Terms
from signals.ports import CandleStore, Reference


@dataclass(frozen=True, slots=True)
class Seen:
    """The market of a signal at one moment.

    ``closed_at`` is its newest candle of the own timeframe, ``market_at`` that of any; ``stale`` says
    why a promise made now comes too late, if it does.
    """

    closed_at: datetime
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

        The market's time counts, not ours: prices may be a recording, and markets rest. The newest times are
        read first, so that nothing older than they are can arrive unseen.
        """
        own, base = terms.timeframe, self._base(terms)
        closed_at = self._newest(terms, own)
        market_at = max(closed_at, self._newest(terms, base))
        until = min(self.now(), terms.expires_at)
        path = self.candles.between(terms.symbol, own, terms.candle_at, until)
        if base != own:
            known_to = path[-1].closed_at if path else terms.candle_at
            path += self.candles.between(terms.symbol, base, known_to, until)
        met = seen_from(path, self.reference.splits(terms.symbol), terms.candle_at)
        return Seen(closed_at, market_at, stale(terms, met, market_at))

    def _base(self, terms: Terms) -> Timeframe:
        """Return the timeframe of the instrument's feed; the others are made from it."""
        instrument = self.reference.instrument(terms.symbol)
        return terms.timeframe if instrument is None else instrument.base

    def _newest(self, terms: Terms, timeframe: Timeframe) -> datetime:
        found = self.candles.last(terms.symbol, timeframe, self.now(), 1)
        return max([terms.candle_at, *(one.closed_at for one in found)])
