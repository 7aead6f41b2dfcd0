"""Forgetting on PostgreSQL: small deletions, so that no lock is held long."""

from datetime import datetime, timedelta

from kit.stores.postgres import Database

_BATCH = 5_000
_CODES_KEPT = timedelta(days=1)
_RESETS_KEPT = timedelta(days=2)
_ADDRESSES_KEPT = timedelta(days=7)
_FAILURES_KEPT = timedelta(days=2)
_DEVICES_KEPT = timedelta(days=90)
_TOKENS_KEPT = timedelta(days=1)


class PostgresRetention:
    """Deletes rows past their use."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def forget(self, now: datetime) -> int:
        """See :class:`users.ports.Retention`."""
        return (
            self._db.run(
                "DELETE FROM users.otp_verifications WHERE id IN"
                " (SELECT id FROM users.otp_verifications WHERE created_at < %s LIMIT %s)",
                (now - _CODES_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.confirmations WHERE id IN"
                " (SELECT id FROM users.confirmations WHERE created_at < %s LIMIT %s)",
                (now - _CODES_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.password_resets WHERE id IN"
                " (SELECT id FROM users.password_resets WHERE created_at < %s LIMIT %s)",
                (now - _RESETS_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.address_changes WHERE id IN"
                " (SELECT id FROM users.address_changes WHERE created_at < %s LIMIT %s)",
                (now - _ADDRESSES_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.login_attempts WHERE account IN"
                " (SELECT account FROM users.login_attempts WHERE latest_at < %s LIMIT %s)",
                (now - _FAILURES_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.refresh_tokens WHERE hash IN"
                " (SELECT hash FROM users.refresh_tokens WHERE expires_at < %s LIMIT %s)",
                (now - _TOKENS_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.devices WHERE family IN"
                " (SELECT family FROM users.devices WHERE last_seen_at < %s LIMIT %s)",
                (now - _DEVICES_KEPT, _BATCH),
            )
            + self._db.run(
                "DELETE FROM users.spent_proofs WHERE digest IN"
                " (SELECT digest FROM users.spent_proofs WHERE until < %s LIMIT %s)",
                (now, _BATCH),
            )
        )
