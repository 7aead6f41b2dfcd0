"""Passing the screen, and leaving it without a number: the same in memory and on PostgreSQL."""

import pytest

from builders.signals import CANDLE_AT, NOW, World
from fixtures.database import Databases
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook, PostgresTrackRecord
from signals.errors import SignalChanged
from signals.model.signal import Decision, Signal
from signals.service import facts
from signals.service.publication import Publication


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return World()
    databases: Databases = request.getfixturevalue("database")
    db = databases("signals")
    book, log = PostgresSignalBook(db, None), PostgresCommitmentLog(db)
    made = World(book=book, commitments=log)
    made.track = PostgresTrackRecord(db, book, log)
    return made


def passing(one: Signal, *reasons: str) -> Decision:
    return Decision(one.id, "screen", "screening-1", not reasons, reasons, "rule:screen", NOW)


def test_a_draft_that_passed_is_seen_by_the_next_and_one_that_did_not_is_not(world: World) -> None:
    passed, refused = world.drafted(), world.drafted(strategy="other-1")

    assert world.book.pass_screening(lambda: passing(passed)) == passing(passed)
    world.book.pass_screening(lambda: passing(refused, "DUPLICATE"))

    assert world.book.decisions(passed.id) == [passing(passed)]
    assert world.book.decisions(refused.id) == []
    assert world.book.related("AAPL", "1d", 10) == [passed]
    assert world.book.related("AAPL", "1h", 10) == []
    assert [one.signal_id for one in world.book.recent(CANDLE_AT.replace(year=2000), NOW)] == [passed.id]


def test_what_passed_stays_among_the_related_through_its_life(world: World) -> None:
    live = world.published()
    second = world.drafted(strategy="other-1", side="sell")
    world.book.pass_screening(lambda: passing(second))

    both = {live.id, second.id}
    assert {one.id for one in world.book.related("AAPL", "1d", 10)} == both
    assert len(world.book.related("AAPL", "1d", 1)) == 1
    assert {one.signal_id for one in world.book.recent(CANDLE_AT.replace(year=2000), NOW)} == both


def test_two_strategies_with_one_idea_give_one_signal(world: World) -> None:
    drafts = [world.drafted(strategy=f"s-{number}") for number in range(3)]

    verdicts = [world.publication.screen(one.id) for one in drafts]

    assert verdicts == ["passed", "screened_out", "screened_out"]
    assert "DUPLICATE" in world.book.decisions(drafts[1].id)[0].reasons


def test_only_what_has_no_number_is_screened_out_after_its_approval(world: World) -> None:
    def give_up(one: Signal) -> None:
        decision = Decision(one.id, "publication", "p", False, ("STALE_EXPIRED",), "rule:publication", NOW)
        out = one.to("screened_out")
        world.track.screen_out(out, facts.screened_out(out, decision), decision)

    first, second = (world.drafted(symbol=symbol) for symbol in ("AAPL", "MSFT"))
    for step in (Publication.screen, Publication.comply, Publication.approve):
        step(world.publication, first.id)
        step(world.publication, second.id)
    world.publication.commit(first.id)
    ready = {one.id: one for one in world.book.find_all([first.id, second.id])}

    with pytest.raises(SignalChanged):
        give_up(ready[first.id])
    give_up(ready[second.id])

    status = {one.id: one.status for one in world.book.find_all([first.id, second.id])}
    assert status == {first.id: "approved", second.id: "screened_out"}
    assert [one.step for one in world.book.decisions(second.id)][-1] == "publication"
