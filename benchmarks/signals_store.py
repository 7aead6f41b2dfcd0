"""A PostgreSQL of its own with the schema of signals, for the benchmarks that need one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bootstrap import migrate, package
from kit import clock
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from local.stores import Postgres
from signals.adapters.postgres import PostgresCandleStore
from signals.ports import CandleStore

_PASSWORD = "bench"  # noqa: S105 - of a database that lives for a minute on loopback


@dataclass(frozen=True, slots=True)
class _Connect:
    def __call__(self, settings: DatabaseSettings) -> Bounded:
        return Bounded.connect(
            host=settings.database_host,
            port=settings.database_port,
            dbname=settings.database_name,
            user=settings.database_secret,
            password=_PASSWORD,
            autocommit=True,
            prepare_threshold=None,
        )


@contextmanager
def server(folder: Path) -> Iterator[Postgres]:
    """Run a server in ``folder``."""
    running = Postgres.configured(folder / "postgres")
    running.start()
    try:
        yield running
    finally:
        if not running.external:
            running.stop()


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[CandleStore, psycopg.Connection[tuple[object, ...]]]]:
    """Run a server; give the store on it and a plain connection beside."""
    with server(folder) as running:
        db = signals_database(running)
        connection = psycopg.connect(running.dsn(), autocommit=True, prepare_threshold=None)
        yield PostgresCandleStore(db), connection
        db.close()
        connection.close()


def signals_database(running: Postgres) -> Database:
    """Return the schema ``signals`` on ``running``, made if need be, as its role sees it."""
    with psycopg.connect(running.dsn(), autocommit=True) as owner:
        migrate.ensure_role(owner, "signals", _PASSWORD)
        migrate.apply(owner, package.migrations(), "signals", at=clock.now())
    settings = DatabaseSettings(running.host, running.port, running.database, "signals_app", 30.0)
    return Database(settings, _Connect())
