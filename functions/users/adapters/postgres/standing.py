"""Accounts that are disabled, on PostgreSQL.

Locks come in one order: whoever disables, changes of addresses, resets, the sessions as a whole, devices by
family, the account, what hangs on it.
"""

from datetime import datetime

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.postgres.accounts import COLUMNS, STALE_BEFORE, user_of
from users.adapters.postgres.credentials import VOID_CHANGES, VOID_CONFIRMATIONS, VOID_RESETS
from users.adapters.postgres.sessions import end_sessions
from users.model import AllEnded, Disabled, User, UserId
from users.ports import TellAll, Undone

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('users:standing', 0))"
_OTHER_ADMIN = (
    "SELECT 1 FROM users.users WHERE 'admin' = ANY (roles) AND disabled_at IS NULL AND id <> %s LIMIT 1"
)
_FIND = f"SELECT {COLUMNS} FROM users.users u WHERE u.id = %s"
_DISABLE = (
    "UPDATE users.users u SET disabled_at = %s, disabled_for = %s, disabled_case = %s,"
    f" {STALE_BEFORE}, version = u.version + 1, updated_at = %s"
    f" WHERE u.id = %s AND u.disabled_at IS NULL RETURNING {COLUMNS}"
)
_ENABLE = (
    "UPDATE users.users u SET disabled_at = NULL, disabled_for = NULL, disabled_case = NULL,"
    " version = u.version + 1, updated_at = %s"
    f" WHERE u.id = %s AND u.disabled_at IS NOT NULL RETURNING {COLUMNS}"
)
_REASON = "account_disabled"


class PostgresStanding:
    """Accounts that are disabled; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def disable(
        self, user_id: UserId, disabled: Disabled, not_before: int, tell: TellAll
    ) -> AllEnded | Undone:
        """See :class:`users.ports.Standing`."""
        with self._db.transaction():
            self._db.run(_ONE_AT_A_TIME)
            undone = self._undone(user_id)
            return undone or self._disabled(user_id, disabled, not_before, tell)

    def enable(self, user_id: UserId, now: datetime, tell: TellAll) -> User | Undone:
        """See :class:`users.ports.Standing`."""
        with self._db.transaction():
            row = self._db.one(_ENABLE, (now, user_id))
            if row is None:
                return "already" if self._db.one(_FIND, (user_id,)) else "unknown"
            user = user_of(row)
            self._outbox.append(*tell(user))
        return user

    def _undone(self, user_id: UserId) -> Undone | None:
        row = self._db.one(_FIND, (user_id,))
        if row is None:
            return "unknown"
        user = user_of(row)
        if user.disabled is not None:
            return "already"
        alone = "admin" in user.roles and self._db.one(_OTHER_ADMIN, (user_id,)) is None
        return "last" if alone else None

    def _disabled(self, user_id: UserId, disabled: Disabled, not_before: int, tell: TellAll) -> AllEnded:
        at, whose = disabled.at, (disabled.at, user_id)
        self._db.run(VOID_CHANGES, whose)
        self._db.run(VOID_RESETS, whose)
        families = end_sessions(self._db, user_id, _REASON, at)
        row = self._db.one(_DISABLE, (at, disabled.reason, disabled.reference, not_before, at, user_id))
        assert row is not None, "it was found, and only this command disables, one at a time"
        self._db.run(VOID_CONFIRMATIONS, whose)
        user = user_of(row)
        self._outbox.append(*tell(user))
        return AllEnded(user, families)
