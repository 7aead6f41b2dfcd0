"""What the market has overtaken is no promise any more: it is screened out, or voided once it has a number."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import treum_verify
from builders.record import HOUSE, Record
from builders.signals import CANDLE_AT, TERMS, World, candle, walk
from signals.adapters.memory import MemoryCandleStore, MemorySignalBook
from signals.errors import SignalStale
from signals.model.market import Candle, Timeframe
from signals.model.outcome import outcome, stale
from signals.model.people import Person
from signals.model.signal import Signal
from signals.service.publication import Publication
from signals.service.recovery import Recovered
from treum_verify import outcome as verified

PERSON = Person("person-1", frozenset({"approver"}))
OVERTAKEN = [
    ([candle(1, 97, 103), candle(2, 94, 101)], "STALE_STOP_PASSED"),
    ([candle(1, 97, 103), candle(2, 104, 111)], "STALE_TARGET_PASSED"),
    ([candle(1, 94, 111)], "STALE_STOP_PASSED"),
    ([candle(20, 97, 103)], "STALE_EXPIRED"),
    ([candle(300, 97, 103)], "STALE_EXPIRED"),
]
overtaken = pytest.mark.parametrize(("later", "reason"), OVERTAKEN)


def state(world: World, made: Signal) -> Signal:
    found = world.book.find(made.id)
    assert found is not None
    return found


def kinds(world: World) -> list[str]:
    assert isinstance(world.book, MemorySignalBook)
    return [event.type for event in world.book.events]


def approved(world: World) -> Signal:
    made = world.drafted()
    for step in (Publication.screen, Publication.comply, Publication.approve):
        step(world.publication, made.id)
    return state(world, made)


@overtaken
def test_a_draft_the_market_has_overtaken_is_screened_out(later: list[Candle], reason: str) -> None:
    world = World()
    world.candles.save(later)
    made = world.drafted()

    assert world.run(made) == ["screened_out"]

    (decision,) = world.book.decisions(made.id)
    assert decision.reasons == (reason,)


@overtaken
def test_what_is_overtaken_after_its_approval_gets_no_number(later: list[Candle], reason: str) -> None:
    world = World()
    made = approved(world)
    world.candles.save(later)

    assert world.publication.commit(made.id) == "screened_out"
    assert world.publication.commit(made.id) == "screened_out"
    assert world.publication.publish(made.id) == "screened_out"

    decision = world.book.decisions(made.id)[-1]
    assert (decision.step, decision.reasons, decision.policy_version) == (
        "publication",
        (reason,),
        "screening-1",
    )
    assert world.commitments.find(made.id) is None
    assert state(world, made).status == "screened_out"
    assert kinds(world)[-2:] == ["signal.approved", "signal.screened_out"]


@overtaken
def test_what_is_overtaken_after_its_number_is_voided_and_not_won(later: list[Candle], reason: str) -> None:
    made = Record()
    never = made.committed()
    made.world.candles.save(later)

    assert made.world.publication.publish(never.id) == "voided"
    assert made.world.publication.publish(never.id) == "voided"

    entry = made.track.find(never.id)
    assert entry is not None
    assert entry.void is not None
    assert (entry.status, entry.void.reason, entry.void.voided_by) == ("voided", reason, "rule:publication")
    assert entry.void.market_at == later[-1].closed_at
    assert entry.signal.published_at is None
    assert kinds(made.world)[-1] == "signal.voided"
    report = treum_verify.verify_record(made.export())
    rate = report.rates[HOUSE]
    assert (report.findings, rate.won, rate.voided, rate.counted) == ([], 0, 1, 1)


def test_a_rules_void_after_the_stop_is_told_and_a_persons_hides_a_loss() -> None:
    made = Record()
    never = made.committed()
    later = [candle(1, 94, 101)]
    made.world.candles.save(later)
    made.world.publication.publish(never.id)
    tape = [verified.Candle(one.closed_at, one.open, one.high, one.low, one.close) for one in later]
    market = verified.Market({("AAPL", "1d"): tape}, {})

    (told,) = made.export()
    by_rule = treum_verify.verify_record([told], market=market)
    by_hand = treum_verify.verify_record([told | {"void_reason": "OUTAGE"}], market=market)

    assert (by_rule.findings, by_rule.overtaken) == ([], 1)
    assert "was voided when its loss was known" in by_hand.findings[0]


def test_a_target_or_stop_met_in_a_shorter_candle_counts_before_the_day_closes() -> None:
    world = World()
    prices = {"entry": Decimal("1.10000"), "stop": Decimal("1.09000"), "targets": (Decimal("1.12000"),)}
    hour = replace(
        candle(0, 1.10, 1.13), symbol="EURUSD", timeframe="1h", closed_at=CANDLE_AT + timedelta(hours=1)
    )
    world.candles.save([hour])
    made = world.drafted(symbol="EURUSD", timeframe="1d", tick=Decimal("0.00001"), **prices)

    assert world.run(made) == ["screened_out"]
    assert world.book.decisions(made.id)[-1].reasons == ("STALE_TARGET_PASSED",)


def test_shorter_candles_tell_the_time_a_void_was_made_at() -> None:
    made = Record()
    never = made.committed(symbol="EURUSD", expires_at=CANDLE_AT + timedelta(hours=12))
    hour = replace(
        candle(0, 99, 101), symbol="EURUSD", timeframe="1h", closed_at=CANDLE_AT + timedelta(hours=12)
    )
    made.world.candles.save([hour])

    assert made.world.publication.publish(never.id) == "voided"

    entry = made.track.find(never.id)
    assert entry is not None
    assert entry.void is not None
    assert (entry.void.reason, entry.void.market_at) == ("STALE_EXPIRED", hour.closed_at)


def test_a_late_signal_the_market_has_not_overtaken_goes_live_before_its_end() -> None:
    world = World()
    world.candles.save([candle(0, 90, 120), *(candle(day, 95.01, 109.99) for day in range(1, 20))])

    live = world.published()

    assert (live.status, live.live_from) == ("live", CANDLE_AT + timedelta(days=19))


def test_a_person_cannot_approve_what_the_market_has_overtaken() -> None:
    world = World()
    made = world.drafted(confidence=76)
    world.run(made)
    world.approval.ask(made.id, "token-1")
    world.candles.save([candle(1, 104, 111)])

    with pytest.raises(SignalStale, match="first target"):
        world.approval.decide(made.id, "approve", by=PERSON, note="")

    assert state(world, made).status == "awaiting_approval"
    assert world.approval.decide(made.id, "decline", by=PERSON, note="").status == "screened_out"


def waiting(world: World, **terms: Any) -> Signal:
    made = world.drafted(confidence=76, **terms)
    world.run(made)
    world.approval.ask(made.id, "token-1")
    return state(world, made)


@overtaken
def test_what_waits_for_a_person_ends_within_the_schedules_minute(later: list[Candle], reason: str) -> None:
    world = World()
    made = waiting(world)
    assert world.recovery.resume() == Recovered(0, 0, 0, 0)
    world.candles.save(later)
    world.at += timedelta(minutes=1)

    assert world.recovery.resume() == Recovered(0, 1, 0, 0)
    assert world.recovery.resume() == Recovered(0, 0, 0, 0)

    ended, decision = state(world, made), world.book.decisions(made.id)[-1]
    assert (ended.status, ended.version) == ("screened_out", made.version + 1)
    assert (decision.step, decision.passed, decision.reasons, decision.decided_by, decision.note) == (
        "approval",
        False,
        (reason,),
        "rule:freshness",
        "",
    )
    assert decision.policy_version == ended.policy_version == "screening-1"
    assert isinstance(world.book, MemorySignalBook)
    told = world.book.events[-1]
    assert (told.type, told.data.reasons, told.version) == ("signal.screened_out", (reason,), ended.version)


def test_what_ended_while_it_waited_blocks_its_instrument_and_side_no_more() -> None:
    world = World()
    waiting(world)
    world.candles.save([candle(20, 97, 103)])
    world.at += timedelta(minutes=1)
    idea = {"strategy": "donchian-breakout-1", "candle_at": CANDLE_AT + timedelta(days=20)}
    blocked = world.drafted(**idea)
    assert world.run(blocked) == ["screened_out"]
    assert world.book.decisions(blocked.id)[-1].reasons == ("DUPLICATE",)

    world.recovery.resume()

    free = world.drafted(**idea | {"strategy": "macd-momentum-1"})
    assert "screened_out" not in world.run(free)


def test_an_escalated_signal_that_is_overtaken_ends_before_its_time_and_none_that_is_due_escalates() -> None:
    world = World()
    first, second = waiting(world), waiting(world, symbol="GOOG")
    world.at += timedelta(hours=4)
    assert world.recovery.resume() == Recovered(0, 0, 2, 0)
    world.candles.save([candle(1, 94, 101)])
    world.at += timedelta(minutes=1)
    third = waiting(world, symbol="MSFT")
    assert world.recovery.resume() == Recovered(0, 1, 0, 0)
    world.candles.save([candle(1, 94, 101, symbol="MSFT")])
    world.at += timedelta(hours=4)

    assert world.recovery.resume() == Recovered(0, 1, 0, 1)

    assert [state(world, one).status for one in (first, second, third)] == ["screened_out"] * 3
    reasons = [world.book.decisions(one.id)[-1].reasons for one in (first, second, third)]
    assert reasons == [("STALE_STOP_PASSED",), ("APPROVAL_TIMEOUT",), ("STALE_STOP_PASSED",)]


def test_a_person_who_decides_while_the_schedule_looks_is_first() -> None:
    world = World()
    made, other = waiting(world), waiting(world, symbol="GOOG")
    approval = world.approval

    class Decided(MemoryCandleStore):
        """A market that overtakes everything while a person declines the first of both."""

        def between(
            self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime
        ) -> list[Candle]:
            if symbol == "AAPL":
                approval.decide(made.id, "decline", by=PERSON, note="no")
            return [candle(1, 94, 101, symbol=symbol)]

    world.candles = Decided()
    world.at += timedelta(minutes=1)

    assert world.recovery.resume() == Recovered(0, 1, 0, 0)

    assert world.book.decisions(made.id)[-1].reasons == ("DECLINED",)
    assert world.book.decisions(other.id)[-1].reasons == ("STALE_STOP_PASSED",)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**16), moments=st.lists(st.integers(0, 30), min_size=5, max_size=5))
def test_whatever_goes_live_had_neither_expired_nor_ended(seed: int, moments: list[int]) -> None:
    """The tape runs while the workflow does, at any pace: what is published lived on at ``live_from``."""
    world, tape = World(), walk(31, seed)
    made = world.drafted()
    steps = (Publication.screen, Publication.comply, Publication.approve, Publication.commit)
    for step, moment in zip((*steps, Publication.publish), sorted(moments), strict=True):
        world.candles.save(tape[: moment + 1])
        step(world.publication, made.id)
        if state(world, made).status in {"screened_out", "withdrawn"}:
            break

    found = state(world, made)
    known = tape[1 : 1 + max(moments)]
    if found.status == "live":
        assert found.live_from is not None
        assert found.live_from < found.terms.expires_at
        assert outcome(found.terms, known) is None
    else:
        assert stale(found.terms, known, known[-1].closed_at) is not None


def test_candles_that_come_while_it_is_published_count_for_it() -> None:
    """They are not looked at any more, so they must be later than ``live_from``: the end is theirs to decide."""
    tape = [candle(1, 97, 103), *(candle(day, 104, 111) for day in range(2, 10))]

    class Busy(MemoryCandleStore):
        """A store that gets the rest of the tape while the first question after ``armed`` is answered."""

        armed = False

        def between(
            self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime
        ) -> list[Candle]:
            found = super().between(symbol, timeframe, after, until)
            if self.armed:
                self.save(tape)
            return found

        def last(self, symbol: str, timeframe: Timeframe, until: datetime, count: int) -> list[Candle]:
            found = super().last(symbol, timeframe, until, count)
            if self.armed:
                self.save(tape)
            return found

    store = Busy()
    store.save(tape[:1])
    world = World(candles=store)
    made = approved(world)
    world.publication.commit(made.id)
    store.armed = True

    world.publication.publish(made.id)

    found = state(world, made)
    assert found.status == "withdrawn" or found.live_from == tape[0].closed_at


def test_terms_without_candles_are_fresh_until_their_end() -> None:
    assert stale(TERMS, [], TERMS.expires_at - timedelta(microseconds=1)) is None
    assert stale(TERMS, [], TERMS.expires_at) == "STALE_EXPIRED"
