"""Confirmations on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from kit.stores.postgres import Database
from users.model import Confirmation, ConfirmationId, Purpose, UserId

_COLUMNS: LiteralString = (
    "id::text, purpose, method, user_id::text, bound_to, code_hash, created_at, expires_at, attempts,"
    " consumed_at"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('confirm:' || %s || ' ' || %s, 0))"
_HOUR = timedelta(hours=1)


class PostgresConfirmations:
    """Confirmations."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, confirmation: Confirmation, *, per_hour: int, apart: timedelta) -> timedelta | None:
        """See :class:`users.ports.Confirmations`."""
        whose = (confirmation.user_id, confirmation.purpose)
        with self._db.transaction():
            self._db.run(_LOCK, whose)  # or parallel requests would all see the same count
            wait = self._wait(confirmation, per_hour, apart)
            if wait is None:
                self._db.run(
                    "UPDATE users.confirmations SET consumed_at = %s"
                    " WHERE user_id = %s AND purpose = %s AND consumed_at IS NULL",
                    (confirmation.created_at, *whose),
                )
                self._insert(confirmation)
        return wait

    def attempt(
        self, confirmation_id: ConfirmationId, user_id: UserId | None, purpose: Purpose
    ) -> Confirmation | None:
        """See :class:`users.ports.Confirmations`."""
        row = self._db.one(
            "UPDATE users.confirmations SET attempts = attempts + 1"
            f" WHERE id = %s AND user_id = coalesce(%s::uuid, user_id) AND purpose = %s RETURNING {_COLUMNS}",
            (confirmation_id, user_id, purpose),
        )
        return _confirmation_of(row) if row else None

    def consume(self, confirmation_id: ConfirmationId, user_id: UserId, now: datetime) -> bool:
        """See :class:`users.ports.Confirmations`."""
        used = self._db.run(
            "UPDATE users.confirmations SET consumed_at = %s"
            " WHERE id = %s AND user_id = %s AND consumed_at IS NULL",
            (now, confirmation_id, user_id),
        )
        return used == 1

    def _wait(self, wanted: Confirmation, per_hour: int, apart: timedelta) -> timedelta | None:
        now = wanted.created_at
        rows = self._db.all(
            "SELECT created_at FROM users.confirmations WHERE user_id = %s AND purpose = %s"
            " AND created_at > %s ORDER BY created_at DESC LIMIT %s",
            (wanted.user_id, wanted.purpose, now - _HOUR, per_hour),
        )
        if rows and rows[0][0] + apart > now:
            newest: datetime = rows[0][0]
            return newest + apart - now
        if len(rows) >= per_hour:
            oldest: datetime = rows[-1][0]
            return oldest + _HOUR - now
        return None

    def _insert(self, one: Confirmation) -> None:
        self._db.run(
            "INSERT INTO users.confirmations"
            " (id, purpose, method, user_id, bound_to, code_hash, created_at, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                one.id,
                one.purpose,
                one.method,
                one.user_id,
                one.bound_to,
                one.code_hash,
                one.created_at,
                one.expires_at,
            ),
        )


def _confirmation_of(row: Sequence[Any]) -> Confirmation:
    return Confirmation(ConfirmationId(row[0]), row[1], row[2], UserId(row[3]), *row[4:])
