"""End a promise that was numbered and will never be published, so that no number stays open for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock, events
from kit.events.trading_signals import Commitment as Promise
from kit.events.trading_signals import SignalVoided
from signals.errors import AlreadyPublished, NothingPromised, SignalNotFound
from signals.model.outcome import Stale
from signals.model.record import Entry, Void, VoidReason
from signals.model.signal import SignalId
from signals.ports import CandleStore, SignalBook, TrackRecord


@dataclass(frozen=True, slots=True)
class Voiding:
    """The word of a person, or of a rule, that a number was never published, and why."""

    book: SignalBook
    record: TrackRecord
    candles: CandleStore
    now: Callable[[], datetime] = clock.now

    def void(
        self,
        signal_id: SignalId,
        reason: VoidReason | Stale,
        *,
        by: str,
        note: str = "",
        seen: datetime | None = None,
    ) -> Entry:
        """Void the promise; done again it changes nothing. Return its entry.

        ``seen`` is the market time up to which candles were looked at, where shorter ones were too.

        Raises :class:`SignalNotFound`, :class:`NothingPromised`, :class:`AlreadyPublished`, ``SignalChanged``
        when it was published at this moment.
        """
        signal, entry = self.book.find(signal_id), self.record.find(signal_id)
        if signal is None:
            raise SignalNotFound
        if entry is None:
            raise NothingPromised
        if entry.void is not None:
            return entry
        if signal.status != "approved":
            raise AlreadyPublished(f"It is {signal.status.replace('_', ' ')}")
        now, terms = self.now(), signal.terms
        newest = self.candles.last(terms.symbol, terms.timeframe, now, 1)
        market_at = max([seen or terms.candle_at, terms.candle_at, *(one.closed_at for one in newest)])
        void, ended = Void(signal_id, reason, note, by, now, market_at), signal.to("withdrawn")
        fact = SignalVoided(
            signal_id=signal_id,
            symbol=terms.symbol,
            timeframe=terms.timeframe,
            analyst=terms.analyst,
            strategy=terms.strategy,
            commitment=Promise(number=entry.commitment.number, hash=entry.commitment.sealed.hash),
            reason=reason,
            voided_at=now,
        )
        self.record.void(ended, void, events.new(fact, subject=signal_id, version=ended.version))
        return Entry(entry.commitment, ended, void)
