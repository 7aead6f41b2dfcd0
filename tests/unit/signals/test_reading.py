"""Reading signals, proofs and prices; and what the market's consumer does when a part is away."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from builders.signals import CANDLE_AT, NOW, World, candle, walk
from kit.errors import Retryable
from signals.adapters.memory import MemoryQuoteBoard
from signals.adapters.memory.track import MemoryTrackRecord
from signals.errors import (
    InstrumentNotFound,
    QuoteNotFound,
    SignalNotFound,
    TimeframeNotOffered,
)
from signals.model.access import FREE, STAFF, SUBSCRIBER
from signals.model.market import Quote
from signals.model.signal import AnalystId, SignalId
from signals.ports import SignalQuery
from signals.service.pricing import Pricing
from signals.service.reading import Reading


def reading(world: World) -> Reading:
    track = MemoryTrackRecord(world.book, world.commitments)
    return Reading(world.book, track, world.vault, world.now)


def pricing(world: World) -> Pricing:
    return Pricing(world.candles, world.quotes, world.reference, world.now)


def test_what_a_plan_does_not_show_looks_absent() -> None:
    world = World()
    live = world.published()

    assert reading(world).signal(SUBSCRIBER, live.id) == live
    for access, signal_id in ((FREE, live.id), (STAFF, SignalId("018f0000-0000-7000-8000-000000000000"))):
        with pytest.raises(SignalNotFound):
            reading(world).signal(access, signal_id)
    assert reading(world).list_signals(SignalQuery(FREE, world.at, 10)) == []
    asked = SignalQuery(SUBSCRIBER, world.at, 10, ("live",), "AAPL")
    assert reading(world).list_signals(asked) == [live]


def test_a_proof_opens_for_who_sees_the_signal_and_to_the_public_when_it_closed() -> None:
    world = World()
    live = world.published()
    analyst = AnalystId("treum-house")

    assert reading(world).proof(SUBSCRIBER, live.id).revealed
    assert [one.revealed for one in reading(world).commitments_of(analyst, 0, 10)] == [False]
    world.take([candle(0, 99, 101), candle(1, 80, 93)])
    assert [one.revealed for one in reading(world).commitments_of(analyst, 0, 10)] == [True]
    assert reading(world).counts() == {"stopped": 1}


def test_a_draft_has_decisions_for_staff_but_no_proof() -> None:
    world = World()
    draft = world.drafted()
    world.publication.screen(draft.id)

    assert [one.step for one in reading(world).decisions(draft.id)] == ["screen"]
    with pytest.raises(SignalNotFound):
        reading(world).proof(STAFF, draft.id)


def test_candles_and_quotes_are_read_as_traded() -> None:
    world = World()
    tape = walk(5)
    world.take(tape)
    prices = pricing(world)

    assert prices.closed_candles("AAPL", "1d", None, 3) == tape[-3:]
    assert prices.closed_candles("AAPL", "1d", tape[1].closed_at, 3) == tape[:2]
    assert prices.closed_candles("AAPL", "1d", NOW + timedelta(days=9999), 1) == tape[-1:]
    assert prices.quote("AAPL") == Quote("AAPL", tape[-1].close, tape[-1].closed_at)
    assert [one.symbol for one in prices.instruments()] == sorted(one.symbol for one in prices.instruments())


def test_a_time_before_all_candles_is_empty_and_a_foreign_timeframe_is_refused() -> None:
    world = World()
    world.take(walk(5))

    assert pricing(world).closed_candles("AAPL", "1d", CANDLE_AT - timedelta(days=1), 3) == []
    with pytest.raises(TimeframeNotOffered):
        pricing(world).closed_candles("AAPL", "5m", None, 3)
    with pytest.raises(InstrumentNotFound):
        pricing(world).closed_candles("XYZ", "1d", None, 3)
    with pytest.raises(QuoteNotFound):
        pricing(world).quote("GOOG")


def test_signals_are_drafted_while_quotes_cannot_be_shown() -> None:
    class Away(MemoryQuoteBoard):
        def post(self, quotes: Sequence[Quote]) -> None:
            raise Retryable(f"{len(quotes)} quotes")

    world = World(quotes=Away())
    world.take(walk(600, seed=4))

    assert world.book.counts()["draft"] > 0


def test_a_signal_closed_by_somebody_else_meanwhile_is_left_alone() -> None:
    world = World()
    live = world.published()
    hit = [candle(0, 99, 101), candle(1, 112, 118)]
    world.take(hit)
    closed = world.book.find(live.id)

    world.take(hit)

    assert closed is not None
    assert closed.exit_price == Decimal("115.00")
    assert world.book.find(live.id) == closed
