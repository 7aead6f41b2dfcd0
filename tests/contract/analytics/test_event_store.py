"""The event store as analytics reads it: one contract in memory and through the functions of audit."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import pytest

from analytics.adapters.memory import MemoryEventStore
from analytics.adapters.postgres import PostgresEventStore
from analytics.ports import Chain, EventStore
from builders.event_store import AuditStore
from builders.figures import START, Told, captured, chose, lives, seeded, shuffled
from fixtures.database import Databases
from kit import events
from kit.errors import Retryable
from kit.ids import uuid7

MONEY = Chain("payment-events", 0)


class Store(NamedTuple):
    """What is read, and how something gets in."""

    read: EventStore
    tell: Callable[[Iterable[Told]], None]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        memory = MemoryEventStore()

        def tell(told: Iterable[Told]) -> None:
            for partition, event in told:
                memory.tell(event, partition)

        return Store(memory, tell)
    databases: Databases = request.getfixturevalue("database")
    db = databases("analytics", "audit")
    return Store(PostgresEventStore(db), AuditStore(databases.also(db, "audit")).tell)


def test_an_empty_store_has_no_chains(store: Store) -> None:
    assert list(store.read.heads()) == []
    assert list(store.read.read(MONEY, 0, 10)) == []


def test_events_come_in_order_without_gaps_page_by_page(store: Store) -> None:
    told = [captured(uuid7(), number + 1, START) for number in range(10)]
    store.tell((0, one) for one in told)
    first, rest = store.read.read(MONEY, 0, 4), store.read.read(MONEY, 4, 100)
    assert [one.index for one in (*first, *rest)] == [*range(1, 11)]
    assert [one.event_id for one in (*first, *rest)] == [one.id for one in told]
    assert {one.type for one in first} == {"payment.captured"}
    assert [one.value for one in first] == [events.encode(one) for one in told[:4]]
    assert list(store.read.read(MONEY, 10, 100)) == []


def test_heads_tell_the_length_of_every_chain(store: Store) -> None:
    store.tell(
        [(0, captured(uuid7(), 1, START)), (2, captured(uuid7(), 1, START)), (0, chose(uuid7(), START))]
    )
    store.tell([(2, captured(uuid7(), 1, START))])
    found = {one.chain: one.length for one in store.read.heads()}
    assert found == {MONEY: 1, Chain("payment-events", 2): 2, Chain("reader-events", 0): 1}


def test_all_that_was_told_can_be_read(store: Store) -> None:
    chance = seeded(1)
    told = shuffled(chance, lives(chance, 5))
    store.tell(told)
    seen = {
        one.event_id for head in store.read.heads() for one in store.read.read(head.chain, 0, head.length)
    }
    assert seen == {event.id for _, event in told}


@pytest.mark.stores
def test_a_repeated_event_moves_the_reader_on_without_content(database: Databases) -> None:
    db = database("analytics", "audit")
    audit = AuditStore(database.also(db, "audit"))
    one = captured(uuid7(), 1, START)
    audit.tell([(0, one)])
    audit.tell([(0, one)])
    found = PostgresEventStore(db).read(MONEY, 0, 10)
    assert [(each.index, each.value is None) for each in found] == [(1, False), (2, True)]


@pytest.mark.stores
def test_a_store_that_is_not_there_yet_is_waited_for(database: Databases) -> None:
    with pytest.raises(Retryable, match="not there yet"):
        PostgresEventStore(database("analytics")).heads()
