"""Due rows in PostgreSQL, in the domain's own table."""

from datetime import datetime
from typing import Final, Generic, LiteralString

from kit.due import LEASE, DueRow, K
from kit.stores.postgres import Database

_PLAN: Final[LiteralString] = """
INSERT INTO due (kind, subject, due_at) VALUES (%s, %s, %s)
ON CONFLICT (kind, subject) DO UPDATE SET due_at = EXCLUDED.due_at, attempt = 0, taken_until = NULL
"""
_TAKE: Final[LiteralString] = """
UPDATE due SET attempt = due.attempt + 1, taken_until = %(until)s
FROM (SELECT kind, subject FROM due
      WHERE due_at <= %(now)s AND (taken_until IS NULL OR taken_until <= %(now)s)
      ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) next
WHERE due.kind = next.kind AND due.subject = next.subject
RETURNING due.kind, due.subject, due.due_at, due.attempt
"""


class PostgresDueRows(Generic[K]):
    """See :class:`kit.due.DueRows`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def plan(self, kind: K, subject: str, due_at: datetime) -> None:
        """Insert or move."""
        self._db.run(_PLAN, (kind, subject, due_at))

    def drop(self, kind: K, subject: str) -> None:
        """Delete."""
        self._db.run("DELETE FROM due WHERE kind = %s AND subject = %s", (kind, subject))

    def take(self, now: datetime, limit: int) -> list[DueRow[K]]:
        """Lease, past what others hold."""
        rows = self._db.all(_TAKE, {"now": now, "until": now + LEASE, "limit": limit})
        return sorted((DueRow(*row) for row in rows), key=lambda one: one.due_at)

    def done(self, row: DueRow[K]) -> None:
        """Delete what was taken and not planned anew."""
        self._db.run(
            "DELETE FROM due WHERE kind = %s AND subject = %s AND due_at = %s AND taken_until IS NOT NULL",
            (row.kind, row.subject, row.due_at),
        )
