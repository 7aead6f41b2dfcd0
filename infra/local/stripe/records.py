"""What the stand-in knows, in one SQLite file: objects, keys, deliveries. Killed, it loses nothing."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Body = dict[str, Any]
MOST: Final = 500
"""Deliveries that are looked at together."""

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, owner TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_of_owner ON objects (kind, owner, seq);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, attempt INTEGER NOT NULL, due REAL NOT NULL,
    ended TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due, id) WHERE ended IS NULL;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way: ``attempt`` counts from 0, ``due`` is in Unix seconds."""

    id: int
    event: str
    attempt: int
    due: float


@dataclass(frozen=True, slots=True)
class Answered:
    """What a key was answered, and the digest of what was asked."""

    digest: str
    status: int
    body: str


class Records:
    """Used from one thread, the event loop's."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Keep everything that happens inside, or nothing."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def put(self, body: Body, owner: str = "") -> None:
        """Keep an object as it is now."""
        self._db.execute(
            "INSERT INTO objects (id, kind, owner, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], body["object"], owner, json.dumps(body)),
        )

    def get(self, object_id: str) -> Body | None:
        """Return the object."""
        row = self._db.execute("SELECT body FROM objects WHERE id = ?", (object_id,)).fetchone()
        return _body(row[0]) if row else None

    def drop(self, object_id: str) -> None:
        """Forget the object."""
        self._db.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def newest(self, kind: str, owner: str | None = None) -> Iterator[Body]:
        """Yield the objects of a kind, newest first; of one ``owner`` where it is given."""
        where, values = ("", [kind]) if owner is None else (" AND owner = ?", [kind, owner])
        query = f"SELECT body FROM objects WHERE kind = ?{where} ORDER BY seq DESC"  # noqa: S608 - constants
        for (body,) in self._db.execute(query, values).fetchall():
            yield _body(body)

    def answered(self, key: str) -> Answered | None:
        """Return what ``key`` was answered."""
        row = self._db.execute("SELECT digest, status, body FROM keys WHERE key = ?", (key,)).fetchone()
        return Answered(*row) if row else None

    def remember(self, key: str, answered: Answered, at: float) -> None:
        """Keep the answer of ``key``; keys older than 24 hours are forgotten, as Stripe may."""
        self._db.execute("DELETE FROM keys WHERE at < ?", (at - 86_400,))
        values = (key, answered.digest, answered.status, answered.body, at)
        self._db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?)", values)

    def deliver(self, event: str, due: float, attempt: int = 0) -> None:
        """Put an event on its way."""
        self._db.execute(
            "INSERT INTO deliveries (event, attempt, due) VALUES (?, ?, ?)", (event, attempt, due)
        )

    def waiting(self, until: float | None = None, limit: int = MOST) -> Sequence[Delivery]:
        """Return what is on its way, the longest due first."""
        query = "SELECT id, event, attempt, due FROM deliveries WHERE ended IS NULL AND due <= ?"
        rows = self._db.execute(f"{query} ORDER BY due, id LIMIT ?", (until or 1e18, limit)).fetchall()
        return [Delivery(*row) for row in rows]

    def end(self, delivery: int, how: str) -> None:
        """Note how a delivery ended: ``delivered``, ``retried`` or ``given up``."""
        self._db.execute("UPDATE deliveries SET ended = ? WHERE id = ?", (how, delivery))

    def ended(self) -> dict[str, int]:
        """Return how many ended how; ``None`` is ``waiting``."""
        rows = self._db.execute("SELECT coalesce(ended, 'waiting'), count(*) FROM deliveries GROUP BY 1")
        return {str(how): int(count) for how, count in rows.fetchall()}

    def setting(self, name: str, default: str) -> str:
        """Return a value made once: ``default`` the first time, the same ever after."""
        self._db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, default))
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0])

    def set(self, name: str, value: str) -> None:
        """Replace a value."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def _body(text: str) -> Body:
    found: Body = json.loads(text)
    return found
