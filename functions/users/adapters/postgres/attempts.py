"""Failed sign-ins on PostgreSQL."""

from datetime import datetime

from kit.stores.postgres import Database
from users import model
from users.model import UserId, Wait

# the upsert locks the row whether it was there or not; nobody's address has a row like any other
_BEGIN = (
    "INSERT INTO users.login_attempts AS a (account, user_id, failed_at, latest_at) VALUES (%s, %s, '{}', %s)"
    " ON CONFLICT (account) DO UPDATE SET user_id = excluded.user_id,"
    " latest_at = greatest(a.latest_at, excluded.latest_at) RETURNING failed_at"
)
_COUNT = (
    "UPDATE users.login_attempts SET failed_at = %s,"
    " locked_at = CASE WHEN %s THEN %s ELSE locked_at END WHERE account = %s"
)


class PostgresAttempts:
    """Failed sign-ins; tries of one account queue, so that parallel ones cannot outrun the count."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, account: bytes, user_id: UserId | None, now: datetime) -> Wait | None:
        """See :class:`users.ports.SignInAttempts`."""
        with self._db.transaction():
            row = self._db.one(_BEGIN, (account, user_id, now))
            failures: list[datetime] = row[0] if row else []
            wait = model.sign_in_wait(failures, now)
            if wait is None:
                kept = [*failures, now][-model.TRIES_BEFORE_LOCK :]
                self._db.run(_COUNT, (kept, model.locks(kept, now), now, account))
        return wait

    def forgive(self, account: bytes) -> None:
        """See :class:`users.ports.SignInAttempts`."""
        self._db.run("DELETE FROM users.login_attempts WHERE account = %s", (account,))
