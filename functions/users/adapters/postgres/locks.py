"""Locked accounts on PostgreSQL."""

from datetime import datetime

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres.accounts import bump
from users.adapters.postgres.credentials import FORGIVE
from users.model import Lock, User, UserId
from users.ports import Tell, TellAll

_HOLD = "SELECT 1 FROM users.users WHERE id = %s FOR NO KEY UPDATE"
_UNTOLD = (
    "SELECT account, user_id::text, locked_at, told_at IS NULL OR told_at <= %s FROM users.login_attempts"
    " WHERE locked_at <= %s AND user_id IS NOT NULL AND (told_at IS NULL OR told_at < locked_at)"
    " ORDER BY locked_at LIMIT %s"
)
_TOLD = (
    "UPDATE users.login_attempts SET told_at = locked_at"
    " WHERE account = %s AND user_id = %s AND locked_at = %s AND (told_at IS NULL OR told_at < locked_at)"
)


class PostgresLocks:
    """Locked accounts; writes its events to ``outbox``. Rows are locked in one order: account, failures."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def untold(self, now: datetime, at_most: int) -> list[Lock]:
        """See :class:`users.ports.Locks`."""
        told_before = now - model.LOCK_NOTICES_APART
        rows = self._db.all(_UNTOLD, (told_before, now - model.LOCK_SETTLES_AFTER, at_most))
        return [Lock(row[0], UserId(row[1]), row[2], first=row[3]) for row in rows]

    def tell(self, lock: Lock, now: datetime, tell: Tell) -> User | None:
        """See :class:`users.ports.Locks`."""
        with self._db.transaction():
            self._db.one(_HOLD, (lock.user_id,))
            if not self._db.run(_TOLD, (lock.account, lock.user_id, lock.locked_at)):
                return None
            user = bump(self._db, lock.user_id, now)
            assert user is not None, "a lock has an account"
            self._outbox.append(tell(user))
        return user

    def end(self, user_id: UserId, now: datetime, tell: TellAll) -> User | None:
        """See :class:`users.ports.Locks`."""
        with self._db.transaction():
            self._db.one(_HOLD, (user_id,))
            if not self._db.all(FORGIVE, (user_id,)):
                return None
            user = bump(self._db, user_id, now)
            assert user is not None, "failures have an account"
            self._outbox.append(*tell(user))
        return user
