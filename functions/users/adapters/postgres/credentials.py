"""New passwords on PostgreSQL.

Locks come in one order: changes of addresses, resets, the sessions as a whole, devices by family, the
account, what hangs on it.
"""

from datetime import datetime

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres.accounts import COLUMNS, STALE_BEFORE, user_of
from users.adapters.postgres.sessions import end_sessions
from users.model import AllEnded, ResetId, UserId
from users.ports import NewPassword, TellPassword

VOID_CHANGES = (
    "UPDATE users.address_changes SET ended_at = %s, ended_as = 'void'"
    " WHERE user_id = %s AND ended_at IS NULL"
)
_USE_RESET = (
    "UPDATE users.password_resets SET consumed_at = %s WHERE id = %s AND user_id = %s AND consumed_at IS NULL"
)
VOID_RESETS = "UPDATE users.password_resets SET consumed_at = %s WHERE user_id = %s AND consumed_at IS NULL"
VOID_CONFIRMATIONS = (
    "UPDATE users.confirmations SET consumed_at = %s WHERE user_id = %s AND consumed_at IS NULL"
)
_PUT = (
    f"UPDATE users.users u SET password_hash = %s, {STALE_BEFORE},"
    " version = u.version + 1, updated_at = %s"
    " WHERE u.id = %s AND u.password_hash = coalesce(%s, u.password_hash) AND u.disabled_at IS NULL"
    f" RETURNING {COLUMNS}"
)
FORGIVE = "DELETE FROM users.login_attempts WHERE user_id = %s RETURNING locked_at"


class _OvertakenError(Exception):
    """Somebody else was first: nothing of the command stays."""


class PostgresCredentials:
    """New passwords; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def change(self, password: NewPassword, was: str, tell: TellPassword) -> AllEnded | None:
        """See :class:`users.ports.Credentials`."""
        return self._put(password, was, None, tell)

    def reset(self, password: NewPassword, reset_id: ResetId, tell: TellPassword) -> AllEnded | None:
        """See :class:`users.ports.Credentials`."""
        return self._put(password, None, reset_id, tell)

    def _put(
        self, new: NewPassword, was: str | None, reset_id: ResetId | None, tell: TellPassword
    ) -> AllEnded | None:
        try:
            with self._db.transaction():
                return self._written(new, was, reset_id, tell)
        except _OvertakenError:
            return None

    def _written(
        self, new: NewPassword, was: str | None, reset_id: ResetId | None, tell: TellPassword
    ) -> AllEnded:
        whose = (new.at, new.user_id)
        self._db.run(VOID_CHANGES, whose)
        if reset_id is not None and not self._db.run(_USE_RESET, (new.at, reset_id, new.user_id)):
            raise _OvertakenError
        self._db.run(VOID_RESETS, whose)
        # the sign-ins that are under way, too: from here on none begins with the password before
        families = end_sessions(self._db, new.user_id, new.reason, new.at)
        row = self._db.one(_PUT, (new.password_hash, new.not_before, new.at, new.user_id, was))
        if row is None:
            raise _OvertakenError
        self._db.run(VOID_CONFIRMATIONS, whose)
        user = user_of(row)
        self._outbox.append(*tell(user, self._forgive(new.user_id, new.at)))
        return AllEnded(user, families)

    def _forgive(self, user_id: UserId, now: datetime) -> bool:
        """Forget failed sign-ins; whether they had locked the account."""
        locked = [row[0] for row in self._db.all(FORGIVE, (user_id,))]
        return any(at is not None and at + model.LOCK_FOR > now for at in locked)
