"""Authenticator apps and backup codes on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.postgres.accounts import bump
from users.model import SecondFactor, UserId
from users.ports import Tell

_OF = (
    "SELECT f.secret, f.last_step, f.created_at, f.confirmed_at,"
    " (SELECT count(*) FROM users.backup_codes c WHERE c.user_id = f.user_id AND c.used_at IS NULL)"
    " FROM users.second_factors f WHERE f.user_id = %s"
)
_ENROL = (
    "INSERT INTO users.second_factors AS f (user_id, secret, created_at) VALUES (%s, %s, %s)"
    " ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at"
    " WHERE f.confirmed_at IS NULL"
)
_CONFIRM = (
    "UPDATE users.second_factors SET confirmed_at = %s, last_step = %s"
    " WHERE user_id = %s AND confirmed_at IS NULL"
)
_USE_STEP = (
    "UPDATE users.second_factors SET last_step = %s"
    " WHERE user_id = %s AND confirmed_at IS NOT NULL AND last_step < %s"
)
# a second user of one code waits for the first one's row, and then finds it used
_USE_BACKUP = (
    "UPDATE users.backup_codes SET used_at = %s WHERE user_id = %s AND code_hash = %s AND used_at IS NULL"
)
_REMOVE = "DELETE FROM users.second_factors WHERE user_id = %s RETURNING confirmed_at IS NOT NULL"


class PostgresSecondFactors:
    """Authenticator apps; writes its events to ``outbox``.

    Every use is one statement whose condition is its check.
    """

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def of(self, user_id: UserId) -> SecondFactor | None:
        """See :class:`users.ports.SecondFactors`."""
        row = self._db.one(_OF, (user_id,))
        return SecondFactor(*row) if row else None

    def enrol(self, user_id: UserId, sealed: str, now: datetime) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        return self._db.run(_ENROL, (user_id, sealed, now)) == 1

    def confirm(self, user_id: UserId, step: int, codes: Sequence[bytes], now: datetime, tell: Tell) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        with self._db.transaction():
            confirmed = self._db.run(_CONFIRM, (now, step, user_id)) == 1
            if confirmed:
                self._put(user_id, codes, now)
                self._tell(user_id, now, tell)
        return confirmed

    def use_step(self, user_id: UserId, step: int) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        return self._db.run(_USE_STEP, (step, user_id, step)) == 1

    def use_backup(self, user_id: UserId, code: bytes, now: datetime) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        return self._db.run(_USE_BACKUP, (now, user_id, code)) == 1

    def renew_backups(self, user_id: UserId, codes: Sequence[bytes], now: datetime) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        with self._db.transaction():
            # the lock keeps two renewals from leaving both their sets
            locked = self._db.one(
                "SELECT 1 FROM users.second_factors"
                " WHERE user_id = %s AND confirmed_at IS NOT NULL FOR UPDATE",
                (user_id,),
            )
            if locked is not None:
                self._put(user_id, codes, now)
        return locked is not None

    def remove(self, user_id: UserId, now: datetime, tell: Tell) -> bool:
        """See :class:`users.ports.SecondFactors`. Its codes go with it."""
        with self._db.transaction():
            removed = self._db.one(_REMOVE, (user_id,))
            if removed is not None and removed[0]:
                self._tell(user_id, now, tell)
        return removed is not None

    def _tell(self, user_id: UserId, now: datetime, tell: Tell) -> None:
        user = bump(self._db, user_id, now)
        assert user is not None, "an app has an account"
        self._outbox.append(tell(user))

    def _put(self, user_id: UserId, codes: Sequence[bytes], now: datetime) -> None:
        self._db.run("DELETE FROM users.backup_codes WHERE user_id = %s", (user_id,))
        self._db.run(
            "INSERT INTO users.backup_codes (user_id, code_hash, created_at)"
            " SELECT %s, code, %s FROM unnest(%s::bytea[]) AS code",
            (user_id, now, list(codes)),
        )
