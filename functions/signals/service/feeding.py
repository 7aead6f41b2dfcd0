"""Play the tape: read the next candles, check their age, publish them, and only then move on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import takewhile

import msgspec

from kit import clock, events
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.ids import uuid7_at
from signals.errors import UnknownSymbol
from signals.model.market import Candle
from signals.model.quality import Defect, defect, stamp
from signals.policies import Policies
from signals.ports import Feed, MarketData, Reference, TapePosition, TapePositions
from signals.ports.quality import QualityLedger


@dataclass(frozen=True, slots=True)
class Played:
    """What one call did. ``row`` is the next row; ``ended`` tells that a rewind is needed to go on.

    ``refused`` were too young, ``corrupt`` no candles: those went to the quarantine, and the tape goes on.
    """

    tape: str
    published: int
    refused: int
    corrupt: int
    lap: int
    row: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Feeding:
    """The feed function's use case."""

    feed: Feed
    positions: TapePositions
    market: MarketData
    reference: Reference
    policies: Policies
    ledger: QualityLedger
    now: Callable[[], datetime] = clock.now

    def play(self, count: int, *, rewind: bool = False) -> Played:
        """Publish up to ``count`` candles and return what happened.

        Whoever crashes between acknowledgement and move publishes the same candles again, under the same
        event ids. A candle younger than the lag is refused and counted; it is read again later. A row that
        is no candle, or one of the future, is quarantined with its reason and passed over.
        Raises ``Retryable`` when the bus or the store is away.
        """
        before = self.positions.find(self.feed.tape)
        start = replace(before, lap=before.lap + 1, row=0) if rewind else before
        now = self.now()
        read = [_judged(one, now) for one in self.feed.rows(start.row, count)]
        allowed = self._old_enough(read, now)
        self.market.publish(
            [self._event(start, at, one) for at, one in enumerate(allowed) if isinstance(one, Candle)]
        )
        corrupt = [one for one in allowed if isinstance(one, Defect)]
        if corrupt:
            self.ledger.note((), corrupt, (), now)
        refused = len(read) - len(allowed)
        after = replace(start, row=start.row + len(allowed), refused=start.refused + refused)
        moved = after == before or self.positions.move(before, after)
        now_at = after if moved else self.positions.find(self.feed.tape)
        published = len(allowed) - len(corrupt)
        ended = len(read) < count
        return Played(after.tape, published, refused, len(corrupt), now_at.lap, now_at.row, ended=ended)

    def _old_enough(self, read: Sequence[Candle | Defect], now: datetime) -> list[Candle | Defect]:
        lag = self.policies.compliance_on(now.date()).lag

        def shown(one: Candle | Defect) -> bool:
            if isinstance(one, Defect):
                return True
            instrument = self.reference.instrument(one.symbol)
            return one.closed_at <= now - max(lag, instrument.lag if instrument else lag)

        return list(takewhile(shown, read))

    def _event(self, start: TapePosition, at: int, candle: Candle) -> Event[CandleClosed]:
        instrument = self.reference.instrument(candle.symbol)
        if instrument is None:
            raise UnknownSymbol(
                f"the tape {start.tape} holds {candle.symbol}, which is no instrument of ours"
            )
        data = CandleClosed(
            symbol=candle.symbol,
            timeframe=candle.timeframe,
            closed_at=candle.closed_at,
            open=candle.open,
            high=candle.high,
            low=candle.low,
            close=candle.close,
            volume=candle.volume,
            currency=instrument.currency,
            tick=instrument.tick,
            lag_s=int((self.now() - candle.closed_at).total_seconds()),
        )
        seconds = candle.closed_at.timestamp()
        name = f"{start.tape}|{start.lap}|{start.row + at}"
        made = uuid7_at(int(seconds * 1000), sha256(name.encode()).digest()[:10])
        event = events.new(data, subject=candle.symbol, version=int(seconds))
        return msgspec.structs.replace(event, id=made, correlationid=made)


def _judged(found: Candle | Defect, now: datetime) -> Candle | Defect:
    """Return ``found``, or a defect for a candle of the future: it would hold the tape up until then."""
    if isinstance(found, Candle) and found.closed_at > now:
        return defect(found, "in_future", f"it closes after {stamp(now)}")
    return found
