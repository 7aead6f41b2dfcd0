"""Events appended to the event store, beside plain inserts of the same rows.

What numbering, hashing, claiming event ids and guarding the chain cost: both sides take batches of 200 real
events as a Kafka poller brings them, and read the same facts from them. Ours is one call of ``audit.append``;
the peer is psycopg's ``executemany`` in a transaction, into a table with the same columns and indexes.
"""

import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from audit.adapters.postgres import PostgresLog
from audit.model.entry import Chain, Incoming
from audit.service.facts import facts_of
from benchmarks.measure import Result, alternate, result
from bootstrap import migrate, package
from kit import clock, events
from kit.events.user_events import UserPlanChanged
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from local.stores import Postgres

_BATCH = 200
_BATCHES = 10
_PASSWORD = "only-for-benchmarks"  # noqa: S105 - of a server that ends with the run
_AT = datetime(2026, 11, 1, tzinfo=UTC)
_PLAIN = (
    "CREATE SCHEMA plain",
    "CREATE TABLE plain.entries (LIKE audit.entries INCLUDING DEFAULTS INCLUDING INDEXES)",
    "GRANT USAGE ON SCHEMA plain TO audit_app",
    "GRANT INSERT ON plain.entries TO audit_app",
)
_INSERT = (
    'INSERT INTO plain.entries (month, topic, partition, index, "offset", kind, timestamp_ms, recorded_at,'
    " key, value, content, hash, id, event_id, type, subject, actor, happened_at)"
    " VALUES ('2026-11-01', 'user-events', 0, %s, %s, 0, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def measure() -> list[Result]:
    """Return how many events a second are appended."""
    with _running() as db:
        ours, peer = alternate(_appended(db), _inserted(db), rounds=5)
    name = "executemany into a table without a chain"
    return [result("events appended to the event store", ours, "events/s", peer, name, ">= 0.8")]


def _appended(db: Database) -> Callable[[], float]:
    log, numbers, chain = PostgresLog(db), itertools.count(), Chain("user-events", 0)

    def append() -> None:
        log.append(chain, _records(numbers), clock.now())

    return _timed(append)


def _inserted(db: Database) -> Callable[[], float]:
    connection, numbers = _connect(db._settings), itertools.count()  # noqa: SLF001 - the same server and role

    def insert() -> None:
        rows = [_row(one) for one in _records(numbers)]
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)

    return _timed(insert)


def _timed(batch: Callable[[], None]) -> Callable[[], float]:
    def side() -> float:
        began = time.perf_counter()
        for _ in range(_BATCHES):
            batch()
        return _BATCHES * _BATCH / (time.perf_counter() - began)

    return side


def _records(numbers: Iterator[int]) -> list[Incoming]:
    made = []
    for number in itertools.islice(numbers, _BATCH):
        fact = UserPlanChanged(user_id="u", plan="premium", previous="free", changed_by="a", changed_at=_AT)
        raw = events.encode(events.new(fact, subject="u", version=1))
        made.append(Incoming(number, number, b"u", raw, facts_of(raw)))
    return made


def _row(one: Incoming) -> tuple[Any, ...]:
    facts = one.facts
    told = (facts.event_id, facts.event_id, facts.type, facts.subject, facts.actor, facts.happened_at)
    return (
        one.offset + 1,
        one.offset,
        one.timestamp_ms,
        _AT,
        one.key,
        one.value,
        one.content,
        one.content,
        *told,
    )


@contextmanager
def _running() -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    folder.chmod(0o711)
    server = Postgres.configured(folder / "postgres")
    server.start()
    try:
        with psycopg.connect(server.dsn(), autocommit=True) as owner:
            migrate.ensure_role(owner, "audit", _PASSWORD)
            migrate.apply(owner, package.migrations(), "audit", at=clock.now())
            for statement in _PLAIN:
                owner.execute(statement)
        settings = DatabaseSettings(server.host, server.port, server.database, "audit_app")
        yield Database(settings, _connect)
    finally:
        if not server.external:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _connect(settings: DatabaseSettings) -> Bounded:
    return Bounded.connect(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=settings.database_secret,
        password=_PASSWORD,
        autocommit=True,
        prepare_threshold=None,
    )
