"""Events counted into figures: decoded, kept, folded by person and written, beside a fold in memory alone.

Ours goes through PostgreSQL with positions, facts, contributions and totals in one transaction a batch; the
peer decodes the same events, folds them with the same function, and keeps nothing.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from analytics.adapters.memory import MemoryEventStore
from analytics.adapters.postgres import PostgresProjections
from analytics.model.counting import RULES, counted
from analytics.model.facts import Fact
from analytics.ports.projection import ConsumerName
from analytics.service.facts import ACCEPT, fact_of
from analytics.service.projecting import Projector
from benchmarks.measure import Result, alternate, result
from bootstrap import migrate, package
from kit import clock, events, ids
from kit.events.payment_events import Parts, PaymentCaptured
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from local.stores import Postgres

_EVENTS = 4000
_PEOPLE = 1000
_PASSWORD = "only-for-benchmarks"  # noqa: S105 - of a server that ends with the run
_START = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> list[Result]:
    """Return how many events a second become figures."""
    store = MemoryEventStore()
    raw = [*_told(store)]
    with _running() as db:
        ours, peer = alternate(_projected(db, store), _folded(raw), rounds=5)
    return [
        result(
            "events projected into figures",
            ours,
            "events/s",
            peer,
            "decoded and folded in memory, nothing kept",
            ">= 0.1",
        )
    ]


def _told(store: MemoryEventStore) -> Iterator[bytes]:
    people = [ids.uuid7() for _ in range(_PEOPLE)]
    for number in range(_EVENTS):
        data = PaymentCaptured(
            payment_id=ids.uuid7(),
            user_id=people[number % _PEOPLE],
            purpose="course",
            sku="course-options-basics",
            line="courses",
            amount=Parts(net=211_780, igst=38_120),
            currency="INR",
            source="gateway",
            state="KA",
            captured_at=_START + timedelta(hours=number % 8000),
        )
        event = events.new(data, subject=data.payment_id, version=2)
        store.tell(event)
        yield events.encode(event)


def _projected(db: Database, store: MemoryEventStore) -> Callable[[], float]:
    projections = PostgresProjections(db)
    projector = Projector(store, projections)
    numbers = iter(range(1_000_000))

    def timed() -> float:
        name = ConsumerName(f"bench-{next(numbers)}")
        projections.begin(name, RULES, clock.now())
        began = time.perf_counter()
        while not projector.step(name).done:
            pass
        took = time.perf_counter() - began
        db.run("UPDATE consumers SET state = 'dropped'", ())
        return _EVENTS / took

    return timed


def _folded(raw: list[bytes]) -> Callable[[], float]:
    def timed() -> float:
        began = time.perf_counter()
        by_person: dict[str, list[Fact]] = {}
        for one in raw:
            event = events.decode(one, ACCEPT)
            fact = fact_of(event) if event else None
            if fact is not None:
                by_person.setdefault(fact.subject, []).append(fact)
        sums: dict[Any, int] = {}
        for facts in by_person.values():
            for key, amount in counted(facts).items():
                total = (key.measure, key.day, key.label)
                sums[total] = sums.get(total, 0) + amount
        return _EVENTS / (time.perf_counter() - began)

    return timed


@contextmanager
def _running() -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    folder.chmod(0o711)
    server = Postgres.configured(folder / "postgres")
    server.start()
    try:
        with psycopg.connect(server.dsn(), autocommit=True) as owner:
            migrate.ensure_role(owner, "analytics", _PASSWORD)
            migrate.apply(owner, package.migrations(), "analytics", at=clock.now())
        settings = DatabaseSettings(server.host, server.port, server.database, "analytics_app")
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
