"""One suite for the event store: in memory and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.adapters.memory import MemoryLog
from audit.adapters.postgres import PostgresLog
from audit.model.entry import GENESIS, Appended, Chain, EntryId, Facts, Head, Incoming, Kind, run_on
from audit.ports import EventLog, SearchQuery
from builders.audit import AT, MONEY, OTHER, USERS, later, record, records
from kit import ids

if TYPE_CHECKING:
    from fixtures.database import Databases


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def log(request: pytest.FixtureRequest) -> Iterator[EventLog]:
    if request.param == "memory":
        yield MemoryLog()
        return
    make: Databases = request.getfixturevalue("database")
    yield PostgresLog(make("audit"))


def test_entries_are_numbered_and_hashed_without_gaps(log: EventLog) -> None:
    assert log.append(USERS, records(5, 3), AT) == Appended(appended=3)
    assert log.append(USERS, records(9, 2), later(1)) == Appended(appended=2)  # Kafka leaves offsets out
    found = log.span(USERS, 0, 100)
    assert [one.index for one in found] == [1, 2, 3, 4, 5]
    assert [one.offset for one in found] == [5, 6, 7, 9, 10]
    assert log.heads() == [Head(USERS, 5, run_on(GENESIS, found))]
    assert found[-1].hash == log.heads()[0].hash
    assert log.span(USERS, 3, 1) == found[3:4]
    assert log.span(OTHER, 0, 10) == []


def test_each_partition_has_a_chain_of_its_own(log: EventLog) -> None:
    for chain in (USERS, OTHER, MONEY):
        log.append(chain, records(0, 2), AT)
    assert [head.chain for head in log.heads()] == [MONEY, USERS, OTHER]
    assert log.counts() == {"payment-events": 2, "user-events": 4}


def test_a_batch_delivered_again_changes_nothing(log: EventLog) -> None:
    batch = records(0, 4)
    log.append(USERS, batch[:3], AT)
    before = log.heads()
    assert log.append(USERS, batch[:3], later(5)) == Appended(repeated=3)
    assert log.heads() == before
    assert log.append(USERS, batch, later(5)) == Appended(appended=1, repeated=3)
    assert len(log.span(USERS, 0, 10)) == 4


def test_another_record_at_a_known_offset_is_kept_apart_and_the_chain_stands(log: EventLog) -> None:
    batch = records(0, 2)
    log.append(USERS, batch, AT)
    before = log.span(USERS, 0, 10)
    forged = replace(batch[1], value=b'{"n":"forged"}')
    assert log.append(USERS, [batch[0], forged], later(1)) == Appended(repeated=1, conflicting=1)
    assert log.append(USERS, [forged], later(2)) == Appended(conflicting=1)
    assert log.append(USERS, [replace(batch[0], key=b"other")], later(2)) == Appended(conflicting=1)
    assert log.append(USERS, [replace(batch[0], timestamp_ms=1)], later(2)) == Appended(conflicting=1)
    assert log.span(USERS, 0, 10) == before
    assert log.conflicts() == 2  # of one offset and content, once


def test_a_record_at_an_offset_that_was_passed_over_is_a_conflict(log: EventLog) -> None:
    log.append(USERS, [record(4), record(6)], AT)
    assert log.append(USERS, [record(5)], AT) == Appended(conflicting=1)


def test_a_repeated_event_is_a_reference_and_its_bytes_are_kept_once(log: EventLog) -> None:
    first = record(0, b'{"n":1}')
    again = replace(first, offset=7)
    assert log.append(USERS, [first, replace(first, offset=1)], AT) == Appended(appended=2, referenced=1)
    assert log.append(USERS, [again], AT) == Appended(appended=1, referenced=1)
    assert log.append(OTHER, [replace(first, offset=0)], AT) == Appended(appended=1, referenced=1)
    found = [*log.span(USERS, 0, 9), *log.span(OTHER, 0, 9)]
    assert [one.kind for one in found] == [Kind.RECORD, Kind.REPEATED, Kind.REPEATED, Kind.REPEATED]
    assert [one.value for one in found] == [b'{"n":1}', None, None, None]
    assert {one.content for one in found} == {first.content}
    assert len({one.id for one in found}) == 4
    assert first.facts.event_id is not None
    assert log.find(EntryId(first.facts.event_id)) == found[0]
    assert [log.find(one.id) for one in found] == found
    assert log.conflicts() == 0


def test_an_event_id_with_another_content_is_stored_and_told(log: EventLog) -> None:
    first = record(0, b'{"n":1}')
    log.append(USERS, [first], AT)
    other = replace(first, offset=1, value=b'{"n":2}')
    assert log.append(USERS, [other], AT) == Appended(appended=1, conflicting=1)
    found = log.span(USERS, 0, 9)
    assert found[1].value == b'{"n":2}'
    assert log.find(EntryId(str(first.facts.event_id))) == found[0]
    assert log.contents([str(first.facts.event_id)]) == {str(first.facts.event_id): first.content}
    assert log.conflicts() == 1


def test_what_is_no_event_and_a_tombstone_stand_in_the_chain_too(log: EventLog) -> None:
    batch = [
        Incoming(0, 1, None, b"\x00not an event"),
        Incoming(1, 2, b"k", None),
        Incoming(2, 3, b"", b""),
    ]
    log.append(USERS, batch, AT)
    found = log.span(USERS, 0, 9)
    assert [one.kind for one in found] == [Kind.RECORD, Kind.TOMBSTONE, Kind.RECORD]
    assert [one.value for one in found] == [b"\x00not an event", None, b""]
    assert [one.key for one in found] == [None, b"k", b""]
    assert log.heads()[0].hash == run_on(GENESIS, found)
    assert all(log.find(one.id) == one for one in found)
    assert log.append(USERS, batch, AT) == Appended(repeated=3)


def test_time_never_runs_backwards_in_a_chain(log: EventLog) -> None:
    log.append(USERS, records(0, 1), later(60))
    log.append(USERS, records(1, 1), AT)
    assert [one.recorded_at for one in log.span(USERS, 0, 9)] == [later(60), later(60)]


def test_a_chain_goes_on_in_the_next_months(log: EventLog) -> None:
    for number in range(5):
        log.append(USERS, records(number, 1), later(number * 40 * 86_400))
    found = log.span(USERS, 0, 99)
    assert [one.index for one in found] == [1, 2, 3, 4, 5]
    assert log.heads()[0].hash == run_on(GENESIS, found)


def test_entries_are_found_by_what_they_tell(log: EventLog) -> None:
    wanted = Facts(ids.uuid7(), "user.plan_changed", "u-1", "admin-1", AT)
    log.append(USERS, [record(0), record(1, facts=wanted)], AT)
    log.append(MONEY, [record(0, facts=Facts(ids.uuid7(), "payment.captured", "u-1"))], later(10))

    def found(**asked: object) -> list[tuple[str, int]]:
        query = replace(SearchQuery(limit=10), **asked)  # type: ignore[arg-type]  # fields by name
        return [(one.chain.topic, one.offset) for one in log.search(query)]

    both = [("payment-events", 0), ("user-events", 1)]
    assert found(subject="u-1") == both
    assert found(subject="u-1", topic="user-events") == both[1:]
    assert found(type="user.plan_changed") == both[1:]
    assert found(actor="admin-1") == both[1:]
    assert found(since=later(5)) == both[:1]
    assert len(found(until=later(5))) == 2
    assert found(subject="nobody") == []


def test_pages_follow_one_another_without_loss(log: EventLog) -> None:
    for number in range(3):
        log.append(USERS, records(number * 10, 10), later(number))
    seen, before = [], None
    while page := log.search(SearchQuery(limit=7, before=before)):
        seen += page
        before = page[-1].recorded_at, page[-1].id
    assert len(seen) == len({one.id for one in seen}) == 30
    assert [one.recorded_at for one in seen] == sorted((one.recorded_at for one in seen), reverse=True)


def test_hashes_are_read_by_their_place(log: EventLog) -> None:
    log.append(USERS, records(0, 3), AT)
    found = log.span(USERS, 0, 9)
    assert log.hashes([(USERS, 1), (USERS, 3), (USERS, 4), (OTHER, 1)]) == {
        (USERS, 1): found[0].hash,
        (USERS, 3): found[2].hash,
    }
    assert log.hashes([]) == {}


VALUES = st.none() | st.binary(max_size=40)
RECORDS = st.lists(
    st.tuples(st.integers(1, 3), VALUES, st.none() | st.binary(max_size=5), st.integers(0, 4)),
    min_size=1,
    max_size=12,
)


@pytest.mark.stores
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 3), RECORDS), min_size=1, max_size=6))
def test_both_stores_answer_alike_whatever_comes(
    database: "Databases", script: list[tuple[int, int, list[tuple[int, bytes | None, bytes | None, int]]]]
) -> None:
    """Batches overlap what came before, repeat events within and across chains, hold any bytes."""
    memory, real = MemoryLog(), PostgresLog(database("audit"))
    known = [Facts(ids.uuid7(), "thing.done", "s", None, AT) for _ in range(4)]
    ends: dict[Chain, int] = {}
    for number, (partition, back, made) in enumerate(script):
        chain, batch = Chain("user-events", partition), []
        offset = max(0, ends.get(chain, 0) + back)
        for step, value, key, which in made:
            offset += step
            facts = known[which] if value is not None and which < len(known) else Facts()
            batch.append(Incoming(offset, offset, key, value, facts))
        ends[chain] = max(ends.get(chain, 0), offset)
        assert real.append(chain, batch, later(number)) == memory.append(chain, batch, later(number))
        assert real.heads() == memory.heads()
    assert [real.span(head.chain, 0, 999) for head in real.heads()] == [
        memory.span(head.chain, 0, 999) for head in memory.heads()
    ]
    assert real.conflicts() == memory.conflicts()
