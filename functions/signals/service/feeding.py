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
from signals.policies import Policies
from signals.ports import Feed, MarketData, Reference, TapePosition, TapePositions


@dataclass(frozen=True, slots=True)
class Played:
    """What one call did. ``row`` is the next row; ``ended`` tells that a rewind is needed to go on."""

    tape: str
    published: int
    refused: int
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
    now: Callable[[], datetime] = clock.now

    def play(self, count: int, *, rewind: bool = False) -> Played:
        """Publish up to ``count`` candles and return what happened.

        Whoever crashes between acknowledgement and move publishes the same candles again, under the same
        event ids. A candle younger than the policy's lag is refused and counted; it is read again later.
        Raises ``Retryable`` when the bus or the store is away.
        """
        before = self.positions.find(self.feed.tape)
        start = replace(before, lap=before.lap + 1, row=0) if rewind else before
        read = self.feed.read(start.row, count)
        allowed = self._old_enough(read)
        self.market.publish([self._event(start, at, one) for at, one in enumerate(allowed)])
        refused = len(read) - len(allowed)
        after = replace(start, row=start.row + len(allowed), refused=start.refused + refused)
        moved = after == before or self.positions.move(before, after)
        now_at = after if moved else self.positions.find(self.feed.tape)
        return Played(after.tape, len(allowed), refused, now_at.lap, now_at.row, ended=len(read) < count)

    def _old_enough(self, read: Sequence[Candle]) -> list[Candle]:
        now = self.now()
        newest = now - self.policies.compliance_on(now.date()).lag
        return list(takewhile(lambda one: one.closed_at <= newest, read))

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
