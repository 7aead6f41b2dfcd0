"""A store that is slow to end, or does not start at once after an outage, comes back all the same."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest

from local.model import LocalError
from local.stores import Postgres, Valkey, process
from local.stores.base import until
from local.up.watch import Watch

pytestmark = pytest.mark.stores


class Impatient(Postgres):
    """PostgreSQL, waited for less long."""

    stop_patience_s: ClassVar[float] = 0.5
    lock_patience_s: ClassVar[float] = 1.0


def test_a_database_whose_shutdown_hangs_is_ended_whole_and_starts_again(stores_folder: Path) -> None:
    """Its checkpointer stands still, as on a disk that is too busy: nothing of the old server may remain."""
    store = Impatient(stores_folder / "hanging")
    store.start()
    with psycopg.connect(store.dsn(), autocommit=True) as connection:
        found = connection.execute("select pid from pg_stat_activity where backend_type = 'checkpointer'")
        row = found.fetchone()
    assert row is not None
    os.kill(row[0], signal.SIGSTOP)
    try:
        store.outage(0.1)
        assert store.running
        with psycopg.connect(store.dsn()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        store.stop()


class Reluctant(Valkey):
    """A store whose first start after an outage fails before a process exists."""

    refusals = 0

    def spawn(self, lock: int) -> process.Child:
        """Refuse as often as told, then start."""
        if self.refusals:
            self.refusals -= 1
            raise LocalError("redis cannot start at the moment")
        return super().spawn(lock)


class Broken(Valkey):
    """A store whose next start fails in a way nobody thought of."""

    surprises = 0

    def initialise(self) -> None:
        """Raise as often as told."""
        if self.surprises:
            self.surprises -= 1
            raise RuntimeError("a surprise")


def test_a_store_that_does_not_start_after_its_outage_is_tried_again_until_it_does(
    stores_folder: Path,
) -> None:
    said: list[str] = []
    store = Reluctant(stores_folder / "reluctant")

    def outage() -> None:
        store.refusals = 2  # one for the outage, one for whoever watches
        with pytest.raises(LocalError):
            store.outage(0.1)

    _watched(store, said, outage)
    assert "redis cannot start at the moment" in " ".join(said)
    assert said[-1].startswith("redis is back")


def test_a_start_that_fails_unexpectedly_does_not_end_the_watch(stores_folder: Path) -> None:
    said: list[str] = []
    store = Broken(stores_folder / "broken-once")

    def crash() -> None:
        store.surprises = 1
        store.crash()

    _watched(store, said, crash)
    assert "RuntimeError: a surprise" in " ".join(said)
    assert said[-1].startswith("redis is back")


def _watched(store: Valkey, said: list[str], fault: Callable[[], None]) -> None:
    """Start ``store``, watch it, break it, and return once it runs again and that was said."""

    async def scenario() -> None:
        watch = Watch([store], said.append, retry_s=0.1)
        await asyncio.to_thread(store.start)
        watch.start()
        try:
            await asyncio.to_thread(fault)
            back = await asyncio.to_thread(until, lambda: bool(said) and "is back" in said[-1], 15.0)
        finally:
            await watch.stop()
            await asyncio.to_thread(store.stop)
        assert back, said

    asyncio.run(scenario())
