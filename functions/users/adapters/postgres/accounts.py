"""Accounts on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from kit import behalf
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.model import Address, ChallengeId, Disabled, Term, User, UserId

COLUMNS: LiteralString = (
    "u.id::text, u.email, u.phone, u.password_hash, u.display_name, u.locale, u.roles, u.plan, u.not_before,"
    " u.version, u.created_at, u.updated_at, u.valid_until, u.granted_plan, u.granted_until, u.paid_plan,"
    " u.paid_until, u.paid_version, u.disabled_at, u.disabled_for, u.disabled_case"
)
_BY_ADDRESS: dict[str, LiteralString] = {
    "email": f"SELECT {COLUMNS} FROM users.users u WHERE u.email = %s",
    "phone": f"SELECT {COLUMNS} FROM users.users u WHERE u.phone = %s",
}
_INSERT = (
    "INSERT INTO users.users (id, email, phone, password_hash, display_name, locale, roles, plan, not_before,"
    " version, created_at, updated_at, valid_until, granted_plan, granted_until, paid_plan, paid_until,"
    " paid_version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
_UPDATE = (
    "UPDATE users.users SET password_hash = %s, display_name = %s, locale = %s, roles = %s, plan = %s,"
    " valid_until = %s, granted_plan = %s, granted_until = %s, paid_plan = %s, paid_until = %s,"
    " paid_version = %s, not_before = greatest(not_before, %s), version = %s, updated_at = %s"
    " WHERE id = %s AND version = %s"
)
_BUMP = (
    f"UPDATE users.users u SET version = u.version + 1, updated_at = %s WHERE u.id = %s RETURNING {COLUMNS}"
)
# the rule of ``User.stale_before``, for the commands that have not read the account
STALE_BEFORE: LiteralString = "not_before = greatest(u.not_before + 1, %s)"
_MAKE_STALE = (
    f"UPDATE users.users u SET version = u.version + 1, updated_at = %s, {STALE_BEFORE}"
    f" WHERE u.id = %s RETURNING {COLUMNS}"
)


class PostgresAccounts:
    """Accounts; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def by_id(self, user_id: UserId) -> User | None:
        """See :class:`users.ports.Accounts`."""
        row = self._db.one(f"SELECT {COLUMNS} FROM users.users u WHERE u.id = %s", (user_id,))
        return user_of(row) if row else None

    def by_address(self, address: Address) -> User | None:
        """See :class:`users.ports.Accounts`."""
        with behalf.of(behalf.EVERYBODY):  # that an address is taken counts for whoever wants it
            row = self._db.one(_BY_ADDRESS[address.channel], (address.value,))
        return user_of(row) if row else None

    def register(self, user: User, challenge: ChallengeId, event: Event[Any]) -> bool:
        """See :class:`users.ports.Accounts`."""
        with self._db.transaction():
            used = self._db.run(
                "UPDATE users.otp_verifications SET consumed_at = %s WHERE id = %s AND consumed_at IS NULL",
                (user.created_at, challenge),
            )
            opened = bool(used) and self._insert(user, event)
            if used and not opened:
                # nothing came of it: whoever has the code is told so again, not that it was used
                self._db.run(
                    "UPDATE users.otp_verifications SET consumed_at = NULL WHERE id = %s", (challenge,)
                )
        return opened

    def ended(self, now: datetime, at_most: int) -> list[UserId]:
        """See :class:`users.ports.Accounts`."""
        rows = self._db.all(
            "SELECT id::text FROM users.users WHERE valid_until <= %s ORDER BY valid_until, id LIMIT %s",
            (now, at_most),
        )
        return [UserId(row[0]) for row in rows]

    def save(self, user: User, expected_version: int, events: Sequence[Event[Any]]) -> bool:
        """See :class:`users.ports.Accounts`."""
        values = (
            user.password_hash,
            user.display_name,
            user.locale,
            list(user.roles),
            user.plan,
            *_terms(user),
            user.not_before,
            user.version,
            user.updated_at,
            user.id,
            expected_version,
        )
        with self._db.transaction():
            saved = self._db.run(_UPDATE, values) == 1
            if saved:
                self._outbox.append(*events)
        return saved

    def seed(self, user: User, event: Event[Any]) -> bool:
        """See :class:`users.ports.Accounts`."""
        with self._db.transaction():
            return self._insert(user, event)

    def _insert(self, user: User, event: Event[Any]) -> bool:
        values = (
            user.id,
            user.email,
            user.phone,
            user.password_hash,
            user.display_name,
            user.locale,
            list(user.roles),
            user.plan,
            user.not_before,
            user.version,
            user.created_at,
            user.updated_at,
            *_terms(user),
        )
        opened = self._db.run(_INSERT, values) == 1
        if opened:
            self._outbox.append(event)
        return opened


def _terms(user: User) -> tuple[Any, ...]:
    granted, paid = user.granted, user.paid
    return user.valid_until, granted.plan, granted.until, paid.plan, paid.until, user.paid_version


def bump(db: Database, user_id: UserId, now: datetime) -> User | None:
    """Count a change whose state lies in another table; return the account after it, None without one."""
    row = db.one(_BUMP, (now, user_id))
    return user_of(row) if row else None


def make_stale(db: Database, user_id: UserId, now: datetime, not_before: int) -> User | None:
    """Count a change, and refuse the tokens from before; return the account after it, None without one."""
    row = db.one(_MAKE_STALE, (now, not_before, user_id))
    return user_of(row) if row else None


def user_of(row: Sequence[Any]) -> User:
    """Return the account in a row of :data:`COLUMNS`."""
    return User(
        id=UserId(row[0]),
        email=row[1],
        phone=row[2],
        password_hash=row[3],
        display_name=row[4],
        locale=row[5],
        roles=tuple(row[6]),
        plan=row[7],
        not_before=row[8],
        version=row[9],
        created_at=row[10],
        updated_at=row[11],
        valid_until=row[12],
        granted=Term(row[13], row[14]),
        paid=Term(row[15], row[16]),
        paid_version=row[17],
        disabled=Disabled(row[18], row[19], row[20]) if row[18] else None,
    )
