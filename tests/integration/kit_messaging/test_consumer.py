"""Consumers on a real PostgreSQL: effect once, order per key, poison set aside with its key, redrive."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from fixtures.database import Databases
from kit import clock, events
from kit.errors import Poison, Retryable
from kit.events import Event
from kit.events.trading_signals import SignalCancelled, SignalScreenedOut
from kit.kafka import BulkConsumer, Consumer
from kit.kafka.redrive import discard, redrive
from kit.stores.postgres import Database


class Left:
    """A context with a fixed number of milliseconds left."""

    def __init__(self, ms: int = 30_000) -> None:
        self._ms = ms

    def get_remaining_time_in_millis(self) -> int:
        return self._ms


def fact(key: str, version: int, reason: str = "fine") -> Event[SignalCancelled]:
    data = SignalCancelled(
        signal_id=key, symbol="SPX", reason=reason, cancelled_by="p", cancelled_at=clock.now()
    )
    return events.new(data, subject=key, version=version)


def batch(*sent: Event[Any] | tuple[str | None, bytes], first: int = 0) -> dict[str, Any]:
    """Return a Lambda event of one partition; offsets count from ``first``."""
    rows = []
    for offset, one in enumerate(sent, first):
        key, value = one if isinstance(one, tuple) else (one.subject, events.encode(one))
        row: dict[str, Any] = {
            "topic": "trading-signals",
            "partition": 0,
            "offset": offset,
            "timestamp": 1,
            "timestampType": "CREATE_TIME",
            "value": base64.b64encode(value).decode(),
            "headers": [],
        }
        if key is not None:
            row["key"] = base64.b64encode(key.encode()).decode()
        rows.append(row)
    return {"eventSource": "aws:kafka", "records": {"trading-signals-0": rows}}


def failed(response: Any) -> list[int]:
    for item in response["batchItemFailures"]:
        assert item["itemIdentifier"]["partition"] == "trading-signals-0"
    return [item["itemIdentifier"]["offset"] for item in response["batchItemFailures"]]


class Journal:
    """An effect that writes a row; the reason of an event says how it fails."""

    def __init__(self, databases: Databases) -> None:
        self.db = databases("plain")
        self.mended = False
        with databases.owner(self.db) as owner:
            owner.execute("CREATE TABLE plain.journal (place serial, key text, version int)")
        self.consumer = Consumer("journal", {SignalCancelled: self.note}, lambda: self.db)

    def note(self, event: Event[SignalCancelled]) -> None:
        self.db.run("INSERT INTO journal (key, version) VALUES (%s, %s)", (event.subject, event.version))
        reasons: dict[str, Callable[[], Exception]] = {
            "poison": lambda: Poison("cannot be"),
            "away": lambda: Retryable("away"),
            "bug": lambda: KeyError("oops"),
        }
        if event.data.reason in reasons and not self.mended:
            failure = reasons[event.data.reason]()
            raise failure

    def lines(self) -> list[tuple[str, int]]:
        return [(row[0], row[1]) for row in self.db.all("SELECT key, version FROM journal ORDER BY place")]

    def letters(self) -> list[tuple[Any, ...]]:
        return self.db.all(
            'SELECT "offset", key, parked, settled FROM dead_letters ORDER BY partition, "offset"'
        )


def test_a_record_delivered_twice_has_its_effect_once(database: Databases) -> None:
    journal = Journal(database)
    sent = batch(fact("a", 1), fact("a", 2))
    for _ in range(2):
        assert failed(journal.consumer.handler(sent, Left())) == []
    assert journal.lines() == [("a", 1), ("a", 2)]


def test_two_consumers_of_one_schema_each_have_the_event(database: Databases) -> None:
    journal = Journal(database)
    sent = batch(fact("a", 1))
    journal.consumer.handler(sent, Left())
    Consumer("second", {SignalCancelled: journal.note}, lambda: journal.db).handler(sent, Left())
    assert journal.lines() == [("a", 1), ("a", 1)]


def test_a_lower_version_that_comes_late_is_dropped(database: Databases) -> None:
    journal = Journal(database)
    journal.consumer.handler(batch(fact("a", 2), fact("a", 1), fact("a", 2)), Left())
    assert journal.lines() == [("a", 2), ("a", 2)]


def test_a_failed_record_fails_the_later_ones_of_its_key_only(database: Databases) -> None:
    journal = Journal(database)
    sent = batch(fact("a", 1, "away"), fact("b", 1), fact("a", 2), fact("b", 2, "bug"), fact("b", 3))
    assert failed(journal.consumer.handler(sent, Left())) == [0, 2, 3, 4]
    assert journal.lines() == [("b", 1)]
    journal.mended = True
    assert failed(journal.consumer.handler(sent, Left())) == []
    assert journal.lines() == [("b", 1), ("a", 1), ("a", 2), ("b", 2), ("b", 3)]


def test_a_defect_is_tried_five_times_and_then_parks_its_key(database: Databases) -> None:
    journal = Journal(database)
    sent = batch(fact("a", 1, "bug"), fact("b", 1), fact("a", 2))
    for _ in range(4):
        assert failed(journal.consumer.handler(sent, Left())) == [0, 2]
    assert failed(journal.consumer.handler(sent, Left())) == []
    assert [row[2] for row in journal.letters()] == [False, True]
    journal.mended = True
    assert redrive(journal.consumer, journal.db, "trading-signals", "a").applied == 2
    assert journal.lines() == [("b", 1), ("a", 1), ("a", 2)]


def test_a_store_that_is_away_is_waited_for_without_end(database: Databases) -> None:
    journal = Journal(database)
    sent = batch(fact("a", 1, "away"))
    for _ in range(20):
        assert failed(journal.consumer.handler(sent, Left())) == [0]
    assert journal.letters() == []


def test_records_without_a_key_fail_alone(database: Databases) -> None:
    journal = Journal(database)
    sent = batch((None, events.encode(fact("a", 1, "away"))), (None, events.encode(fact("b", 1))))
    assert failed(journal.consumer.handler(sent, Left())) == [0]


def test_poison_goes_to_the_dead_letters_and_parks_its_key(database: Databases) -> None:
    journal = Journal(database)
    sent = batch(fact("a", 1, "poison"), fact("b", 1), fact("a", 2))
    for _ in range(2):
        assert failed(journal.consumer.handler(sent, Left())) == []
    journal.consumer.handler(batch(fact("a", 3), first=3), Left())
    assert journal.lines() == [("b", 1)]
    assert journal.letters() == [
        (0, "a", False, None),
        (2, "a", True, None),
        (3, "a", True, None),
    ]


def test_a_record_that_cannot_be_read_parks_its_key_too(database: Databases) -> None:
    journal = Journal(database)
    assert failed(journal.consumer.handler(batch(("a", b"\x00{"), fact("a", 1)), Left())) == []
    assert [row[2] for row in journal.letters()] == [False, True]


def test_redrive_drains_a_key_in_order_and_frees_it(database: Databases) -> None:
    journal = Journal(database)
    journal.consumer.handler(batch(fact("a", 1, "poison"), fact("a", 2), fact("a", 3)), Left())
    still = redrive(journal.consumer, journal.db, "trading-signals", "a")
    assert (still.applied, still.left) == (0, 3)
    journal.mended = True
    done = redrive(journal.consumer, journal.db, "trading-signals", "a")
    assert (done.applied, done.left) == (3, 0)
    journal.consumer.handler(batch(fact("a", 4), first=3), Left())
    assert journal.lines() == [("a", 1), ("a", 2), ("a", 3), ("a", 4)]


def test_discarding_the_poison_lets_the_rest_of_the_key_go_on(database: Databases) -> None:
    journal = Journal(database)
    journal.consumer.handler(batch(fact("a", 1, "poison"), fact("a", 2)), Left())
    first = journal.db.one("SELECT id FROM dead_letters WHERE NOT parked")
    assert first is not None
    assert discard(journal.db, first[0])
    assert not discard(journal.db, first[0])
    assert redrive(journal.consumer, journal.db, "trading-signals", "a").applied == 1
    assert journal.lines() == [("a", 2)]


def test_types_nobody_accepts_are_passed_over(database: Databases) -> None:
    journal = Journal(database)
    other = SignalScreenedOut(
        signal_id="a", symbol="SPX", policy_version="1", reasons=("R",), screened_at=clock.now()
    )
    assert failed(journal.consumer.handler(batch(events.new(other, subject="a", version=1)), Left())) == []
    assert journal.db.one("SELECT count(*) FROM inbox") == (0,)


def test_what_does_not_fit_the_time_left_comes_again(database: Databases) -> None:
    journal = Journal(database)
    assert failed(journal.consumer.handler(batch(fact("a", 1), fact("b", 1)), Left(500))) == [0, 1]


class Bulk:
    """A bulk effect that keeps what it was given; ``poison`` in a batch spoils all of it."""

    def __init__(self, db: Database) -> None:
        self.kept: list[str] = []
        self.consumer = BulkConsumer("bulk", {SignalCancelled: self.keep}, lambda: db)

    def keep(self, made: Sequence[Event[SignalCancelled]]) -> None:
        reasons = {event.data.reason for event in made}
        if "poison" in reasons:
            raise Poison("one of them")
        if "away" in reasons:
            raise Retryable("away")
        self.kept += [event.subject for event in made]


def test_a_bulk_consumer_isolates_the_poison_of_a_batch(database: Databases) -> None:
    db = database("plain")
    bulk = Bulk(db)
    sent = batch(fact("a", 1), ("b", b"junk"), fact("c", 1, "poison"), fact("d", 1))
    assert failed(bulk.consumer.handler(sent, Left())) == []
    assert bulk.kept == ["a", "d"]
    assert db.all('SELECT "offset" FROM dead_letters ORDER BY 1') == [(1,), (2,)]


def test_a_bulk_consumer_reports_a_whole_group_that_must_come_again(database: Databases) -> None:
    bulk = Bulk(database("plain"))
    assert failed(bulk.consumer.handler(batch(fact("a", 1), fact("b", 1, "away")), Left())) == [0, 1]
