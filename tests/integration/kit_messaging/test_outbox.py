"""The outbox on a real PostgreSQL: written with the state, published in order, never lost."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from fixtures.database import Databases
from kit import clock, events, outbox, relay
from kit.errors import Retryable
from kit.events import Event
from kit.events.trading_signals import SignalCancelled
from kit.kafka.producer import Out, Refused, Undelivered
from kit.outbox import Outbox
from kit.relay import Relay
from kit.stores.postgres import Database


class Tape:
    """A sender that remembers, and fails for the keys it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []
        self.away: set[str] = set()
        self.refused: set[str] = set()

    def send(self, records: Sequence[Out], /) -> None:
        """Take all but the failing ones."""
        for record in records:
            if record.key not in self.away | self.refused:
                event = events.decode(record.value, {SignalCancelled.TYPE: SignalCancelled})
                assert event is not None
                self.sent.append((record.key, event.version))
        failed = frozenset(n for n, record in enumerate(records) if record.key in self.away | self.refused)
        if failed:
            final = {records[n].key for n in failed} <= self.refused
            raise (Refused if final else Undelivered)("away", failed)


class Left:
    """A context with a fixed number of milliseconds left."""

    def __init__(self, ms: int) -> None:
        self._ms = ms

    def get_remaining_time_in_millis(self) -> int:
        return self._ms


def fact(key: str, version: int) -> Event[SignalCancelled]:
    data = SignalCancelled(
        signal_id=key, symbol="SPX", reason="r", cancelled_by="p", cancelled_at=clock.now()
    )
    return events.new(data, subject=key, version=version)


def write(db: Database, *made: Event[Any]) -> None:
    with db.transaction():
        Outbox(db, None).append(*made)


def test_rows_of_a_key_are_published_in_version_order_and_once(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    write(db, fact("a", 2), fact("b", 1))
    write(db, fact("a", 1), fact("a", 3))
    assert Relay(db, tape).publish(["a"]) == 3
    assert tape.sent == [("a", 1), ("a", 2), ("a", 3)]
    assert Relay(db, tape).publish() == 1
    assert Relay(db, tape).publish() == 0
    assert tape.sent[3:] == [("b", 1)]


def test_two_events_of_one_version_keep_the_order_they_were_appended_in(database: Databases) -> None:
    db = database("plain")
    seen: list[bytes] = []

    class Raw:
        def send(self, records: Sequence[Out], /) -> None:
            seen.extend(record.value for record in records)

    made = [fact("a", 1) for _ in range(20)]
    write(db, *made)
    Relay(db, Raw()).publish(["a"])
    assert seen == [events.encode(event) for event in made]


def test_a_rollback_leaves_no_row(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    with pytest.raises(RuntimeError), db.transaction():
        Outbox(db, None).append(fact("a", 1))
        raise RuntimeError
    assert Relay(db, tape).publish() == 0


def test_a_key_that_fails_stops_there_and_others_go_on(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    write(db, fact("a", 1), fact("a", 2), fact("b", 1), fact("b", 2))
    tape.away = {"a"}
    with pytest.raises(Retryable):
        Relay(db, tape).publish()
    assert tape.sent == [("b", 1), ("b", 2)]
    tape.away = set()
    assert Relay(db, tape).publish() == 2
    assert tape.sent[2:] == [("a", 1), ("a", 2)]


def test_a_refused_record_keeps_its_key_waiting_and_harms_nobody(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    write(db, fact("a", 1), fact("a", 2), fact("b", 1))
    tape.refused = {"a"}
    with pytest.raises(Retryable):
        Relay(db, tape).publish()
    assert tape.sent == [("b", 1)]


def test_a_sweep_finds_what_committed_late_behind_a_published_row(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    late = database.another(db)
    with late.transaction():
        Outbox(late, None).append(fact("slow", 1))
        write(db, fact("quick", 1))
        assert Relay(db, tape).publish() == 1
    assert Relay(db, tape).publish() == 1
    assert tape.sent == [("quick", 1), ("slow", 1)]


def test_more_rows_and_keys_than_one_round_are_all_published(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    write(db, *(fact(f"k{n % 301}", n) for n in range(1250)))
    assert Relay(db, tape).publish() == 1250
    for key in ("k0", "k300"):
        versions = [version for seen, version in tape.sent if seen == key]
        assert versions == sorted(versions)


def test_two_publishers_of_one_key_send_each_row_once_in_order(database: Databases) -> None:
    db = database("plain")
    write(db, *(fact("a", n) for n in range(1, 60)))
    both = threading.Barrier(2)
    tape = Tape()

    def publish(own: Database) -> None:
        both.wait()
        Relay(own, tape).publish(["a"])

    workers = [threading.Thread(target=publish, args=(database.another(db),)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert tape.sent == [("a", n) for n in range(1, 60)]


def test_the_fragment_writes_the_event_only_where_the_state_was_written(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    with database.owner(db) as owner:
        owner.execute("CREATE TABLE plain.things (id text PRIMARY KEY, version int)")
    cte = outbox.rows_cte("made")
    command = (
        "WITH made AS (INSERT INTO things VALUES (%(id)s, 1) ON CONFLICT DO NOTHING RETURNING id), "  # noqa: S608 - literals of this test
        + cte
        + " SELECT count(*) FROM made"
    )
    for expected in (1, 0):
        assert db.one(command, {"id": "a", **outbox.params(fact("a", 1))}) == (expected,)
    assert Relay(db, tape).publish() == 1


def test_the_handler_publishes_keys_and_sweeps_until_its_time_is_over(database: Databases) -> None:
    db, tape = database("plain"), Tape()
    handle = relay.handler(lambda: Relay(db, tape), lambda: db)
    write(db, fact("a", 1), fact("b", 1))
    assert handle({"keys": ["a"]}, Left(0)) == {"published": 1}
    assert handle({"version": "0", "detail-type": "Scheduled Event"}, Left(0)) == {"published": 1}


def test_the_sweep_makes_the_partitions_of_the_coming_days(database: Databases) -> None:
    db = database("plain")
    with database.owner(db) as owner:
        owner.execute("DROP TABLE plain." + f"outbox_{clock.now():%Y%m%d}")
        relay.handler(lambda: Relay(db, Tape()), lambda: db)({}, Left(0))
        assert owner.execute(
            "SELECT to_regclass(%s) IS NOT NULL", (f"plain.outbox_{clock.now():%Y%m%d}",)
        ).fetchone() == (True,)
