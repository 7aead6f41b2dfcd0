"""What only the database knows of a run: how many signals were published, and which dead letters are open."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from local.platform import Platform

_LOOK_EVERY_S = 2.0
_PATIENCE_S = 2
_LATEST = 5

_SCHEMAS = "SELECT table_schema FROM information_schema.tables WHERE table_name = 'dead_letters' ORDER BY 1"
_OPEN = sql.SQL(
    "SELECT count(*) OVER (), to_char(failed_at, 'HH24:MI:SS'), consumer, topic, partition, \"offset\","
    " reason FROM {} WHERE settled_at IS NULL ORDER BY failed_at DESC LIMIT %s"
)
_PUBLISHED = "SELECT count(*) FROM signals.signals WHERE published_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Found:
    """One look: ``published`` signals, ``open`` dead letters and the latest of them in words."""

    published: int = 0
    open: int = 0
    latest: tuple[str, ...] = ()


class Books:
    """Looks every two seconds; while the database is away the last look stands. ``dsn`` is the owner's."""

    def __init__(self, dsn: Callable[[], str]) -> None:
        self._dsn = dsn
        self._found = Found()
        self._task: asyncio.Task[None] | None = None

    async def start(self, platform: Platform) -> None:
        """Begin to look; what is newly found dead is recorded."""
        self._task = asyncio.get_running_loop().create_task(self._watch(platform.record))

    async def stop(self) -> None:
        """Look no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def status(self) -> Mapping[str, Any]:
        """``{"signals": {"published"}, "dead_letters": {"open", "latest": [words]}}``."""
        found = self._found
        return {
            "signals": {"published": found.published},
            "dead_letters": {"open": found.open, "latest": list(found.latest)},
        }

    async def _watch(self, say: Callable[[str], None]) -> None:
        while True:
            before = self._found.open
            with contextlib.suppress(psycopg.Error):
                self._found = await asyncio.to_thread(look, self._dsn())
            found = self._found
            if found.open > before:
                say(f"{found.open} records are set aside as dead letters, the last: {found.latest[0]}")
            await asyncio.sleep(_LOOK_EVERY_S)


def look(dsn: str) -> Found:
    """Ask the database once; schemas that a deployment lacks count as empty. Raises ``psycopg.Error``."""
    with psycopg.connect(dsn, autocommit=True, connect_timeout=_PATIENCE_S) as connection:
        connection.execute("SET statement_timeout = '2s'")
        total, latest = 0, []
        for (schema,) in connection.execute(_SCHEMAS).fetchall():
            query = _OPEN.format(sql.Identifier(schema, "dead_letters"))
            rows = connection.execute(query, [_LATEST]).fetchall()
            total += rows[0][0] if rows else 0
            latest += [
                (at, f"{at} {consumer}: {topic}-{partition}@{offset} {reason}")
                for _, at, consumer, topic, partition, offset, reason in rows
            ]
        published = 0
        with contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            row = connection.execute(_PUBLISHED).fetchone()
            published = row[0] if row else 0
    return Found(published, total, tuple(words for _, words in sorted(latest, reverse=True)[:_LATEST]))
