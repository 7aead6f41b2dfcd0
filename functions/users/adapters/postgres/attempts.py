"""Failed sign-ins on PostgreSQL."""

from datetime import datetime

from kit.stores.postgres import Database
from users import model
from users.model import Wait


class PostgresAttempts:
    """Failed sign-ins; tries of one account queue, so that parallel ones cannot outrun the count."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, account: bytes, now: datetime) -> Wait | None:
        """See :class:`users.ports.SignInAttempts`."""
        with self._db.transaction():
            # the upsert locks the row whether it was there or not
            row = self._db.one(
                "INSERT INTO users.login_attempts AS a (account, failed_at, latest_at) VALUES (%s, '{}', %s)"
                " ON CONFLICT (account) DO UPDATE SET latest_at = greatest(a.latest_at, excluded.latest_at)"
                " RETURNING failed_at",
                (account, now),
            )
            failures: list[datetime] = row[0] if row else []
            wait = model.sign_in_wait(failures, now)
            if wait is None:
                kept = [*failures, now][-model.TRIES_BEFORE_LOCK :]
                self._db.run(
                    "UPDATE users.login_attempts SET failed_at = %s WHERE account = %s", (kept, account)
                )
        return wait

    def forgive(self, account: bytes) -> None:
        """See :class:`users.ports.SignInAttempts`."""
        self._db.run("DELETE FROM users.login_attempts WHERE account = %s", (account,))
