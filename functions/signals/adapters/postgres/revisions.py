"""Revisions of live signals, and who signs as which analyst, in PostgreSQL."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit.events import Event
from kit.stores.postgres import Database
from signals.errors import RevisionPending
from signals.model.signal import AnalystId, Revision, Signal, SignalId
from signals.ports import SignalBook

_CONTENT: Final = ("stop", "targets", "expires_at", "reason", "made_by")
_PROPOSE: Final[LiteralString] = """
INSERT INTO revisions (signal_id, number, content, made_at, state, decided_by, driven_at)
SELECT %(id)s, coalesce(max(number), 0) + 1, %(content)s, %(made_at)s, %(state)s, %(decided_by)s, %(made_at)s
FROM revisions WHERE signal_id = %(id)s
ON CONFLICT DO NOTHING RETURNING number
"""
_OF: Final[LiteralString] = """
SELECT content || jsonb_build_object('number', number, 'state', state, 'made_at', made_at,
    'decided_by', decided_by, 'since', since, 'published_at', published_at)
FROM revisions WHERE signal_id = %s ORDER BY number
"""
_SETTLE: Final[LiteralString] = """
UPDATE revisions SET state = %(state)s, decided_by = %(by)s WHERE signal_id = %(id)s AND number = %(number)s
    AND (state = 'proposed' OR (state = 'approved' AND %(state)s = 'lapsed'))
"""
_PUBLISH: Final[LiteralString] = """
UPDATE revisions SET state = 'published', since = %s, published_at = %s
WHERE signal_id = %s AND number = %s AND state = 'approved'
"""
_TAKE_STUCK: Final[LiteralString] = """
UPDATE revisions SET attempts = attempts + 1, driven_at = %(now)s WHERE (signal_id, number) IN (
    SELECT signal_id, number FROM revisions WHERE state = 'approved' AND driven_at < %(before)s
    ORDER BY driven_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING signal_id::text, number, attempts
"""


class PostgresRevisionBook:
    """Revisions beside the ``book`` whose signals they change, in one transaction with it."""

    def __init__(self, db: Database, book: SignalBook) -> None:
        self._db = db
        self._book = book

    def propose(self, signal_id: SignalId, revision: Revision) -> Revision:
        """Insert unless one is open: the partial unique index decides."""
        content = msgspec.to_builtins(revision)
        row = self._db.one(
            _PROPOSE,
            {
                "id": signal_id,
                "content": Jsonb({name: content[name] for name in _CONTENT}),
                "made_at": revision.made_at,
                "state": revision.state,
                "decided_by": revision.decided_by,
            },
        )
        if row is None:
            raise RevisionPending
        return replace(revision, number=row[0])

    def of(self, signal_id: SignalId) -> list[Revision]:
        """Return them in order."""
        return [msgspec.convert(row[0], Revision) for row in self._db.all(_OF, (signal_id,))]

    def settle(
        self, signal_id: SignalId, number: int, state: Literal["approved", "declined", "lapsed"], by: str
    ) -> bool:
        """Move an open one."""
        return bool(self._db.run(_SETTLE, {"state": state, "by": by, "id": signal_id, "number": number}))

    def publish(self, signal: Signal, event: Event[Any]) -> None:
        """Write revision, version and event together."""
        newest = signal.revisions[-1]
        with self._db.transaction():
            self._book.save(signal, event)
            self._db.run(_PUBLISH, (newest.since, newest.published_at, signal.id, newest.number))

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int, int]]:
        """Claim rows that nobody else claims at this moment."""
        rows = self._db.all(_TAKE_STUCK, {"before": before, "now": now, "limit": limit})
        return [(SignalId(row[0]), row[1], row[2]) for row in rows]


class PostgresSigners:
    """Accounts that sign."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def analyst_of(self, user: str) -> AnalystId | None:
        """Return the analyst."""
        row = self._db.one("SELECT analyst FROM signing_accounts WHERE user_id = %s", (user,))
        return AnalystId(row[0]) if row else None

    def assign(self, analyst: AnalystId, user: str, *, by: str, at: datetime) -> None:
        """Replace what either of them had."""
        with self._db.transaction():
            self._db.run("DELETE FROM signing_accounts WHERE analyst = %s OR user_id = %s", (analyst, user))
            self._db.run(
                "INSERT INTO signing_accounts (user_id, analyst, assigned_by, assigned_at)"
                " VALUES (%s, %s, %s, %s)",
                (user, analyst, by, at),
            )
