"""Offsets, history, delayed signals and plans: in memory, in PostgreSQL and in Redis, one suite."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from builders.realtime import NOW
from kit import ids
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from realtime.adapters.memory import MemoryChannels, MemoryDelayed, MemoryHistory, MemoryPlans
from realtime.adapters.postgres import PostgresChannels, PostgresDelayed, PostgresPlans
from realtime.adapters.redis_history import RedisHistory
from realtime.model import SIGNALS, ChannelKey, Head
from realtime.ports import Channels, Delayed, History, Plans

if TYPE_CHECKING:
    from fixtures.database import Databases

REAL = pytest.param("real", marks=pytest.mark.stores)


@pytest.fixture
def db(database: "Databases") -> Database:
    return database("realtime")


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis(redis_url)
    client.call("FLUSHALL")
    yield client
    client.close()


@pytest.fixture(params=["memory", REAL])
def channels(request: pytest.FixtureRequest) -> Channels:
    return MemoryChannels() if request.param == "memory" else PostgresChannels(request.getfixturevalue("db"))


@pytest.fixture(params=["memory", REAL])
def delayed(request: pytest.FixtureRequest) -> Delayed:
    return MemoryDelayed() if request.param == "memory" else PostgresDelayed(request.getfixturevalue("db"))


@pytest.fixture(params=["memory", REAL])
def plans(request: pytest.FixtureRequest) -> Plans:
    return MemoryPlans() if request.param == "memory" else PostgresPlans(request.getfixturevalue("db"))


@pytest.fixture(params=["memory", REAL])
def history(request: pytest.FixtureRequest) -> History:
    return MemoryHistory() if request.param == "memory" else RedisHistory(request.getfixturevalue("redis"))


def test_offsets_have_no_holes_and_an_event_keeps_its_own(channels: Channels) -> None:
    first, second = ids.uuid7(), ids.uuid7()
    assert channels.append(SIGNALS, first, NOW, b"1").offset == 1
    assert channels.append(SIGNALS, second, NOW, b"2").offset == 2
    again = channels.append(SIGNALS, first, NOW + timedelta(hours=1), b"changed")
    assert (again.offset, again.event, again.published_at) == (1, b"1", NOW)
    assert channels.head(SIGNALS).offset == 2


def test_a_users_own_channel_begins_when_it_is_first_used(channels: Channels) -> None:
    mine = ChannelKey("orders:user-1")
    head = channels.head(mine)
    assert head.offset == 0
    entry = channels.append(mine, ids.uuid7(), NOW, b"{}")
    assert (entry.epoch, entry.offset) == (head.epoch, 1)
    assert channels.append(ChannelKey("orders:user-2"), ids.uuid7(), NOW, b"{}").offset == 1


def test_history_is_read_in_order_and_bounded(channels: Channels) -> None:
    for number in range(5):
        channels.append(SIGNALS, ids.uuid7(), NOW, b"%d" % number)
    assert [entry.offset for entry in channels.since(SIGNALS, 2, 2)] == [3, 4]


def test_an_event_has_a_place_on_each_channel_it_went_to(channels: Channels) -> None:
    event = ids.uuid7()
    channels.append(SIGNALS, event, NOW, b"{}")
    channels.append(ChannelKey("signals-delayed"), event, NOW, b"{}")
    assert [entry.channel for entry in channels.places(event)] == ["signals", "signals-delayed"]
    assert list(channels.places(ids.uuid7())) == []


def test_pruned_history_leaves_the_head(channels: Channels) -> None:
    channels.append(SIGNALS, ids.uuid7(), NOW - timedelta(hours=25), b"old")
    channels.append(SIGNALS, ids.uuid7(), NOW, b"new")
    assert channels.prune(NOW) == 1
    assert [entry.offset for entry in channels.since(SIGNALS, 0, 10)] == [2]
    assert channels.head(SIGNALS).offset == 2


@pytest.mark.stores
def test_an_offset_that_was_rolled_back_is_given_again(db: Database) -> None:
    channels = PostgresChannels(db)
    with pytest.raises(ZeroDivisionError), db.transaction():
        channels.append(SIGNALS, ids.uuid7(), NOW, b"{}")
        _ = 1 / 0
    assert channels.append(SIGNALS, ids.uuid7(), NOW, b"{}").offset == 1


@pytest.mark.stores
def test_offsets_stay_without_holes_when_many_append_at_once(db: Database, database: "Databases") -> None:
    def append(own: Database) -> None:
        channels = PostgresChannels(own)
        for _ in range(25):
            with own.transaction():
                channels.append(SIGNALS, ids.uuid7(), NOW, b"{}")

    threads = [threading.Thread(target=append, args=(database.another(db),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = PostgresChannels(db).since(SIGNALS, 0, 1000)
    assert [entry.offset for entry in kept] == list(range(1, 101))


def test_five_signals_a_day_are_delayed_and_what_came_of_them(delayed: Delayed) -> None:
    due = NOW + timedelta(minutes=15)
    events = [ids.uuid7() for _ in range(7)]
    planned = [delayed.schedule(one, f"s{at}", b"{}", due, "2026-03-02") for at, one in enumerate(events[:6])]
    assert planned == [True] * 5 + [False]
    assert delayed.schedule(events[6], "s6", b"{}", due + timedelta(seconds=1), "2026-03-03")
    assert delayed.follow(ids.uuid7(), "s1", b"closed", due)
    assert not delayed.follow(ids.uuid7(), "s5", b"closed", due)
    assert list(delayed.due(NOW, 100)) == []
    found = delayed.due(due, 100)
    assert len(found) == 6
    for one in found:
        delayed.done(one.event_id, due)
    assert [one.event_id for one in delayed.due(due + timedelta(minutes=1), 100)] == [events[6]]


def test_the_plan_that_events_told_of_wins_over_the_claimed_one_until_it_runs_out(plans: Plans) -> None:
    assert plans.plan_of("user-1", "premium", NOW) == "premium"
    plans.change("user-1", "enterprise", 3, NOW, NOW + timedelta(days=1))
    plans.change("user-1", "free", 2, NOW, None)
    assert plans.plan_of("user-1", "free", NOW) == "enterprise"
    assert plans.plan_of("user-1", "enterprise", NOW + timedelta(days=2)) == "free"


def test_the_copy_raises_its_head_and_never_lowers_it(history: History) -> None:
    history.remember(SIGNALS, Head("e1", 2), b"two")
    history.remember(SIGNALS, Head("e1", 1), b"one")
    history.note(SIGNALS, Head("e1", 1))
    assert history.heads([SIGNALS, ChannelKey("orders:x")]) == {SIGNALS: Head("e1", 2)}
    assert list(history.since(SIGNALS, 0, 2)) == [(1, b"one"), (2, b"two")]
    assert list(history.since(SIGNALS, 1, 1)) == []


def test_another_epoch_drops_the_copy(history: History) -> None:
    history.remember(SIGNALS, Head("e1", 7), b"seven")
    history.remember(SIGNALS, Head("e2", 1), b"one")
    assert history.heads([SIGNALS]) == {SIGNALS: Head("e2", 1)}
    assert list(history.since(SIGNALS, 0, 10)) == [(1, b"one")]


def test_only_the_newest_value_is_kept(history: History) -> None:
    quotes = ChannelKey("quotes:NIFTY")
    assert history.latest(quotes) is None
    assert history.keep_latest(quotes, 10, b"ten")
    assert not history.keep_latest(quotes, 10, b"again")
    assert not history.keep_latest(quotes, 9, b"nine")
    assert history.latest(quotes) == b"ten"
