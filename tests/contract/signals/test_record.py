"""One suite on memory and PostgreSQL: facts and figures, voids, feedback, subscriptions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders.facts import cancelled, closed, published, recalled, voided
from builders.record import HOUSE
from builders.record_stores import Side, side_over
from builders.signals import NOW
from fixtures.database import Databases
from kit import events
from kit.events import Event
from kit.events.reader_events import ReaderSignalsChosen
from kit.ids import uuid7
from signals.errors import AlreadyPublished, NothingPromised, SignalNotFound, SubscriptionsChanged
from signals.model.feedback import Feedback, FeedbackSummary
from signals.model.performance import Trade
from signals.model.signal import AnalystId, Signal, SignalId
from signals.model.subscription import Subscriptions
from signals.ports import (
    TradeQuery,
)
from signals.service.performance import trade_of


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return side_over(None)
    databases: Databases = request.getfixturevalue("database")
    return side_over(databases("signals"))


def take(side: Side, facts: Sequence[Event[Any]]) -> list[Trade]:
    for fact in facts:
        side.performance.take(fact, trade_of)
    return trades(side)


def trades(side: Side, **changed: Any) -> list[Trade]:
    found = side.performance.trades(TradeQuery(**changed))
    return sorted(found, key=lambda one: one.signal_id)


def story() -> list[Event[Any]]:
    made: list[Event[Any]] = [voided(), published(symbol="MSFT")]
    for number in range(12):
        one = published(strategy=f"s-{number % 3}", published_at=NOW - timedelta(days=number))
        ended = (closed(one, "110"), closed(one, "95", "stopped"), cancelled(one))[number % 3]
        made += [one, ended, recalled(one)] if number % 4 == 0 else [one, ended]
    return made


def test_trades_are_what_their_facts_make_of_them_in_any_order(side: Side) -> None:
    facts = story()

    found = take(side, [*reversed(facts), *facts[:5]])

    assert found == sorted(
        (
            made
            for name in {one.subject for one in facts}
            if (made := trade_of([one for one in facts if one.subject == name])) is not None
        ),
        key=lambda one: one.signal_id,
    )
    assert len(found) == 14


def test_a_rebuild_gives_what_counting_one_by_one_gave(side: Side) -> None:
    one_by_one = take(side, story())
    if side.db is not None:
        side.db.run("DELETE FROM performance_trades WHERE state <> 'open'", ())
        side.db.run("UPDATE performance_trades SET r = 99, analyst = 'nobody'", ())

    assert side.performance.rebuild(trade_of) == 14
    assert trades(side) == one_by_one
    assert side.performance.rebuild(trade_of) == 14


def test_trades_are_found_by_their_marks_and_period(side: Side) -> None:
    whole = take(side, story())

    assert len(trades(side, strategy="s-1")) == 4
    assert len(trades(side, symbol="MSFT", timeframe="1d", analyst="treum-house")) == 1
    assert trades(side, analyst="somebody") == []
    since = NOW - timedelta(days=3)
    assert trades(side, since=since) == [one for one in whole if one.counted_at >= since]


def test_a_promise_never_published_is_voided_once_and_revealed(side: Side) -> None:
    made = side.record.committed()
    side.world.at += timedelta(minutes=1)

    first = side.record.voiding.void(made.id, "OUTAGE", by="person", note="the bus was away")
    again = side.record.voiding.void(made.id, "MISTAKE", by="another")

    assert first == again
    entries = side.record.track.entries(HOUSE, 0, 10)
    assert [(one.status, one.revealed, one.signal.status) for one in entries] == [
        ("voided", True, "withdrawn")
    ]
    assert entries[0].void == first.void
    assert (entries[0].published_at, entries[0].commitment.number) == (None, 1)


def test_what_was_published_or_never_promised_cannot_be_voided(side: Side) -> None:
    live, draft = side.world.published(), side.world.drafted(symbol="MSFT")

    with pytest.raises(AlreadyPublished):
        side.record.voiding.void(live.id, "MISTAKE", by="person")
    with pytest.raises(NothingPromised):
        side.record.voiding.void(draft.id, "MISTAKE", by="person")
    with pytest.raises(SignalNotFound):
        side.record.voiding.void(SignalId(uuid7()), "MISTAKE", by="person")


def test_the_head_is_the_digest_of_the_newest_document(side: Side) -> None:
    assert side.record.track.head(HOUSE) is None
    for symbol in ("AAPL", "MSFT"):
        side.world.published(symbol=symbol)

    head = side.record.track.head(HOUSE)
    newest = side.record.track.entries(HOUSE, 1, 10)

    assert head is not None
    assert [one.commitment.number for one in newest] == [2] == [head.number]
    assert head.hash == newest[0].commitment.link
    assert side.record.track.head(AnalystId("somebody-else")) is None
    assert side.record.track.entries(AnalystId("somebody-else"), 0, 10) == []


def word(signal: Signal, subject: str, **changed: Any) -> Feedback:
    first = Feedback(signal.id, subject, "followed", 4, "", NOW)
    return replace(first, **changed)


def test_one_word_a_reader_and_signal(side: Side) -> None:
    live = side.world.published()
    side.feedback.give(word(live, "a"))
    later = word(live, "a", action="ignored", rating=2, comment="too late", given_at=NOW + timedelta(hours=1))
    side.feedback.give(later)
    side.feedback.give(word(live, "b", comment="thank you"))
    side.feedback.give(word(live, "c", rating=None))

    assert side.feedback.find(live.id, "a") == later
    assert side.feedback.find(live.id, "d") is None
    found = side.feedback.summary(live.id, 5)
    assert found == FeedbackSummary(2, 1, (0, 1, 0, 1, 0), ("too late", "thank you"))
    assert found.average_rating == 3
    assert side.feedback.summary(live.id, 1).comments == ("too late",)
    assert side.feedback.summary(SignalId(uuid7()), 5).average_rating is None


def chosen_event(chosen: Subscriptions) -> Event[Any]:
    data = ReaderSignalsChosen(
        user_id=chosen.subject, symbols=chosen.symbols, strategies=chosen.strategies, chosen_at=NOW
    )
    return events.new(data, subject=chosen.subject, version=chosen.version)


def test_a_choice_replaces_the_version_before_only(side: Side) -> None:
    subject = uuid7()
    assert side.subscriptions.find(subject) == Subscriptions(subject)
    first = Subscriptions(subject, ("AAPL",), ("s-1",), 1, NOW)
    side.subscriptions.replace(first, chosen_event(first))
    second = replace(first, symbols=(), version=2)
    side.subscriptions.replace(second, chosen_event(second))

    for stale in (first, second, replace(second, version=4)):
        with pytest.raises(SubscriptionsChanged):
            side.subscriptions.replace(stale, chosen_event(stale))
    stranger = Subscriptions(uuid7(), version=7, changed_at=NOW)
    with pytest.raises(SubscriptionsChanged):
        side.subscriptions.replace(stranger, chosen_event(stranger))

    assert side.subscriptions.find(subject) == second
    if side.db is not None:
        rows = side.db.all(
            "SELECT topic, key, version FROM outbox WHERE topic = 'reader-events' ORDER BY seq"
        )
        assert rows == [("reader-events", subject, 1), ("reader-events", subject, 2)]
