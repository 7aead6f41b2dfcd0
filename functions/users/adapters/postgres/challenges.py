"""One-time codes on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from kit.stores.postgres import Database
from users import model
from users.model import Address, Challenge, ChallengeId

_COLUMNS: LiteralString = (
    "id::text, channel, address, decoy, password_hash, display_name, locale, code_hash, created_at,"
    " expires_at, attempts, sends, last_sent_at, consumed_at"
)
_OPEN = (
    "INSERT INTO users.otp_verifications (id, channel, address, decoy, password_hash, display_name, locale,"
    " code_hash, created_at, expires_at, last_sent_at)"
    " SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s WHERE (SELECT count(*) FROM users.otp_verifications"
    " WHERE address = %s AND created_at > %s) < %s"
)
_RENEW = (
    "UPDATE users.otp_verifications SET code_hash = %s, expires_at = %s, attempts = 0, sends = sends + 1,"
    " last_sent_at = %s WHERE id = %s AND consumed_at IS NULL AND created_at > %s AND sends < %s"
    f" AND last_sent_at <= %s RETURNING {_COLUMNS}"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('otp:' || %s, 0))"


class PostgresChallenges:
    """One-time codes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, challenge: Challenge, *, per_hour: int) -> bool:
        """See :class:`users.ports.Challenges`."""
        address = challenge.address
        values = (
            challenge.id,
            address.channel,
            address.value,
            challenge.decoy,
            challenge.password_hash,
            challenge.display_name,
            challenge.locale,
            challenge.code_hash,
            challenge.created_at,
            challenge.expires_at,
            challenge.last_sent_at,
            address.value,
            challenge.created_at - timedelta(hours=1),
            per_hour,
        )
        with self._db.transaction():
            self._db.run(_LOCK, (address.value,))  # or parallel requests would all see the same count
            return self._db.run(_OPEN, values) == 1

    def attempt(self, challenge_id: ChallengeId) -> Challenge | None:
        """See :class:`users.ports.Challenges`."""
        row = self._db.one(
            f"UPDATE users.otp_verifications SET attempts = attempts + 1 WHERE id = %s RETURNING {_COLUMNS}",
            (challenge_id,),
        )
        return _challenge_of(row) if row else None

    def renew(self, challenge_id: ChallengeId, code_hash: bytes, now: datetime) -> Challenge | None:
        """See :class:`users.ports.Challenges`."""
        opened_after = now - model.CHALLENGE_OPEN_FOR
        sent_before = now - model.RESEND_AFTER
        expires_at = now + model.CODE_LIFE
        row = self._db.one(
            _RENEW, (code_hash, expires_at, now, challenge_id, opened_after, model.CODE_SENDS, sent_before)
        ) or self._db.one(
            f"SELECT {_COLUMNS} FROM users.otp_verifications"
            " WHERE id = %s AND consumed_at IS NULL AND created_at > %s",
            (challenge_id, opened_after),
        )
        return _challenge_of(row) if row else None


def _challenge_of(row: Sequence[Any]) -> Challenge:
    return Challenge(
        id=ChallengeId(row[0]),
        address=Address(row[1], row[2]),
        decoy=row[3],
        password_hash=row[4],
        display_name=row[5],
        locale=row[6],
        code_hash=row[7],
        created_at=row[8],
        expires_at=row[9],
        attempts=row[10],
        sends=row[11],
        last_sent_at=row[12],
        consumed_at=row[13],
    )
