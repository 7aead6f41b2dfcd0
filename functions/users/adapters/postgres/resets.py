"""Codes that set a password anew, on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from kit.stores.postgres import Database
from users import model
from users.model import PasswordReset, ResetId, UserId

_COLUMNS: LiteralString = (
    "id::text, account, user_id::text, code_hash, created_at, expires_at, attempts, consumed_at"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('reset:' || encode(%s, 'hex'), 0))"
_SENT = (
    "SELECT created_at FROM users.password_resets WHERE account = %s AND created_at > %s"
    " ORDER BY created_at DESC LIMIT %s"
)
_INSERT = (
    "INSERT INTO users.password_resets (id, account, user_id, code_hash, created_at, expires_at)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)
_DAY = timedelta(days=1)


class PostgresResets:
    """Codes that set a password anew. The same is done for an address without an account."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(
        self, reset: PasswordReset, *, per_hour: int, per_day: int, apart: timedelta
    ) -> timedelta | None:
        """See :class:`users.ports.PasswordResets`."""
        account, now = reset.account, reset.created_at
        with self._db.transaction():
            self._db.run(_LOCK, (account,))  # or parallel requests would all see the same count
            sent: list[datetime] = [row[0] for row in self._db.all(_SENT, (account, now - _DAY, per_day))]
            wait = model.code_wait(sent, now, apart=apart, per_hour=per_hour, per_day=per_day)
            if wait is None:
                self._db.run(
                    _INSERT, (reset.id, account, reset.user_id, reset.code_hash, now, reset.expires_at)
                )
        return wait

    def attempt(self, reset_id: ResetId) -> PasswordReset | None:
        """See :class:`users.ports.PasswordResets`."""
        row = self._db.one(
            f"UPDATE users.password_resets SET attempts = attempts + 1 WHERE id = %s RETURNING {_COLUMNS}",
            (reset_id,),
        )
        return _reset_of(row) if row else None


def _reset_of(row: Sequence[Any]) -> PasswordReset:
    return PasswordReset(ResetId(row[0]), row[1], UserId(row[2]) if row[2] else None, *row[3:])
