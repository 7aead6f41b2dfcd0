"""Changes of addresses on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import errors

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres.accounts import COLUMNS, make_stale, user_of
from users.adapters.postgres.credentials import VOID_CONFIRMATIONS, VOID_RESETS
from users.adapters.postgres.sessions import end_sessions
from users.model import Address, AddressChange, AddressChangeId, AllEnded, Ending, UserId
from users.ports import Made, Tell, TellAll

_CHANGE: LiteralString = (
    "id::text, user_id::text, channel, address, decoy, new_code, old_code, stop_word, created_at, expires_at,"
    " attempts, due_at, ended_at"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('address:' || %s, 0))"
_BEGUN = (
    "SELECT created_at FROM users.address_changes WHERE user_id = %s AND created_at > %s"
    " ORDER BY created_at DESC LIMIT %s"
)
_VOID = (
    "UPDATE users.address_changes SET ended_at = %s, ended_as = 'void'"
    " WHERE user_id = %s AND channel = %s AND ended_at IS NULL"
)
_INSERT = (
    "INSERT INTO users.address_changes (id, user_id, channel, address, decoy, new_code, old_code, stop_word,"
    " created_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_END = (
    "UPDATE users.address_changes SET ended_at = %s, ended_as = %s"
    " WHERE id = %s AND user_id = %s AND ended_at IS NULL"
)
_PUT: dict[str, LiteralString] = {
    "email": "UPDATE users.users u SET email = %s, version = u.version + 1, updated_at = %s WHERE u.id = %s"
    f" RETURNING {COLUMNS}",
    "phone": "UPDATE users.users u SET phone = %s, version = u.version + 1, updated_at = %s WHERE u.id = %s"
    f" RETURNING {COLUMNS}",
}
_DAY = timedelta(days=1)


class PostgresAddressChanges:
    """Changes of addresses; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def open(self, change: AddressChange, *, per_day: int) -> timedelta | None:
        """See :class:`users.ports.AddressChanges`."""
        now, address = change.created_at, change.address
        with self._db.transaction():
            self._db.run(_LOCK, (change.user_id,))  # or parallel requests would all see the same count
            rows = self._db.all(_BEGUN, (change.user_id, now - _DAY, per_day))
            begun: list[datetime] = [row[0] for row in rows]
            wait = model.code_wait(begun, now, apart=timedelta(0), per_hour=per_day, per_day=per_day)
            if wait is None:
                self._db.run(_VOID, (now, change.user_id, address.channel))
                self._db.run(
                    _INSERT,
                    (
                        change.id,
                        change.user_id,
                        address.channel,
                        address.value,
                        change.decoy,
                        change.new_code,
                        change.old_code,
                        change.stop_word,
                        now,
                        change.expires_at,
                    ),
                )
        return wait

    def attempt(self, change_id: AddressChangeId, user_id: UserId) -> AddressChange | None:
        """See :class:`users.ports.AddressChanges`."""
        row = self._db.one(
            "UPDATE users.address_changes SET attempts = attempts + 1"
            f" WHERE id = %s AND user_id = %s RETURNING {_CHANGE}",
            (change_id, user_id),
        )
        return _change_of(row) if row else None

    def wait(self, change_id: AddressChangeId, user_id: UserId, due_at: datetime) -> bool:
        """See :class:`users.ports.AddressChanges`."""
        waiting = self._db.run(
            "UPDATE users.address_changes SET due_at = %s"
            " WHERE id = %s AND user_id = %s AND ended_at IS NULL AND due_at IS NULL",
            (due_at, change_id, user_id),
        )
        return waiting == 1

    def make(self, change: AddressChange, now: datetime, tell: TellAll) -> Made:
        """See :class:`users.ports.AddressChanges`."""
        try:
            with self._db.transaction():
                if not self._ended(change, "made", now):
                    return "ended"
                self._db.run(VOID_RESETS, (now, change.user_id))
                put = _PUT[change.address.channel]
                row = self._db.one(put, (change.address.value, now, change.user_id))
                assert row is not None, "a change has an account"
                self._db.run(VOID_CONFIRMATIONS, (now, change.user_id))
                self._outbox.append(*tell(user_of(row)))
        except errors.UniqueViolation:
            return "taken" if self._ended(change, "void", now) else "ended"
        return "made"

    def waiting(self, user_id: UserId) -> list[AddressChange]:
        """See :class:`users.ports.AddressChanges`."""
        rows = self._db.all(
            f"SELECT {_CHANGE} FROM users.address_changes"
            " WHERE user_id = %s AND ended_at IS NULL AND due_at IS NOT NULL ORDER BY due_at, id",
            (user_id,),
        )
        return [_change_of(row) for row in rows]

    def by_stop_word(self, digest: bytes) -> AddressChange | None:
        """See :class:`users.ports.AddressChanges`."""
        row = self._db.one(f"SELECT {_CHANGE} FROM users.address_changes WHERE stop_word = %s", (digest,))
        return _change_of(row) if row else None

    def withdraw(self, change: AddressChange, now: datetime) -> bool:
        """See :class:`users.ports.AddressChanges`."""
        return self._ended(change, "withdrawn", now)

    def stop(self, change: AddressChange, not_before: int, now: datetime, tell: Tell) -> AllEnded | None:
        """See :class:`users.ports.AddressChanges`."""
        with self._db.transaction():
            if not self._ended(change, "stopped", now):
                return None
            families = end_sessions(self._db, change.user_id, "address_change_stopped", now)
            user = make_stale(self._db, change.user_id, now, not_before)
            assert user is not None, "a change has an account"
            self._outbox.append(tell(user))
        return AllEnded(user, families)

    def due(self, now: datetime, at_most: int) -> list[AddressChange]:
        """See :class:`users.ports.AddressChanges`."""
        rows = self._db.all(
            f"SELECT {_CHANGE} FROM users.address_changes"
            " WHERE ended_at IS NULL AND due_at <= %s ORDER BY due_at, id LIMIT %s",
            (now, at_most),
        )
        return [_change_of(row) for row in rows]

    def _ended(self, change: AddressChange, ending: Ending, now: datetime) -> bool:
        return self._db.run(_END, (now, ending, change.id, change.user_id)) == 1


def _change_of(row: Sequence[Any]) -> AddressChange:
    return AddressChange(AddressChangeId(row[0]), UserId(row[1]), Address(row[2], row[3]), *row[4:])
