"""Devices and refresh tokens on PostgreSQL.

Locks come in one order: one person's sessions as a whole, devices by family, then the account. Whoever begins
a session or ends all of them takes the first, so none begins unseen while all of them end.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres.accounts import COLUMNS, bump, make_stale, user_of
from users.model import AllEnded, Began, Device, FamilyId, RefreshToken, Rotation, User, UserId
from users.ports import TellAll, TellDisplaced, TellEnd

_DEVICE: LiteralString = (
    "d.family::text, d.user_id::text, d.device_id, d.name, d.created_at, d.last_seen_at, d.revoked_at"
)
_KEEP = (
    "INSERT INTO users.refresh_tokens (hash, family, user_id, issued_at, expires_at)"
    " VALUES (%s, %s, %s, %s, %s)"
)
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('sessions:' || %s, 0))"
_LIVE: LiteralString = "d.user_id = %s AND d.revoked_at IS NULL AND d.last_seen_at > %s AND d.created_at > %s"
_STILL = (
    "SELECT 1 FROM users.users WHERE id = %s AND password_hash = %s AND disabled_at IS NULL FOR NO KEY UPDATE"
)
_BEGIN = (
    "INSERT INTO users.devices (family, user_id, device_id, name, created_at, last_seen_at)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)
_END_ALL: LiteralString = (
    "UPDATE users.devices SET revoked_at = %s, revoked_for = %s WHERE family IN"
    " (SELECT family FROM users.devices WHERE user_id = %s AND revoked_at IS NULL ORDER BY family FOR UPDATE)"
    " RETURNING family::text"
)


class PostgresSessions:
    """Sessions; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def open(
        self, device: Device, token: RefreshToken, password_hash: str, tell: TellDisplaced
    ) -> Began | None:
        """See :class:`users.ports.Sessions`."""
        one, now = device, device.created_at
        with self._db.transaction():
            hold_sessions(self._db, one.user_id)
            displaced = model.displaced(self._live(one.user_id, now), one)
            # a new password or a disabling under way was waited for; one that comes next finds this session
            if self._db.one(_STILL, (one.user_id, password_hash)) is None:
                return None
            for family, why in displaced.items():
                self.end(one.user_id, family, why, now, tell(why))
            values = (one.family, one.user_id, one.device_id, one.name, now, one.last_seen_at)
            self._db.run(_BEGIN, values)
            self._insert(token)
        return Began(tuple(displaced))

    def rotate(
        self, presented: bytes, successor: bytes, device_id: str, now: datetime, tell: TellEnd
    ) -> Rotation:
        """See :class:`users.ports.Sessions`."""
        with self._db.transaction():
            # the family's lock first, the token after it: what is read then is what the last holder left
            row = self._db.one(
                f"SELECT {_DEVICE} FROM users.devices d WHERE d.family ="
                " (SELECT t.family FROM users.refresh_tokens t WHERE t.hash = %s) FOR UPDATE",
                (presented,),
            )
            if row is None:
                return Rotation("ended")
            device = _device_of(row)
            token, user = self._token_and_user(presented, device)
            verdict = model.judge_refresh(token, device, device_id, now)
            ends_at = model.refresh_ends(device, now)
            if verdict == "rotate":
                self._use_up(token, successor, now, ends_at)
            elif verdict == "reuse":
                self.end(device.user_id, device.family, "reuse", now, tell)
        return Rotation(verdict, user, device.family, ends_at)

    def end(self, user_id: UserId, family: FamilyId, reason: str, now: datetime, tell: TellEnd) -> bool:
        """See :class:`users.ports.Sessions`."""
        with self._db.transaction():
            ended = self._db.run(
                "UPDATE users.devices SET revoked_at = %s, revoked_for = %s"
                " WHERE family = %s AND user_id = %s AND revoked_at IS NULL",
                (now, reason, family, user_id),
            )
            if ended:
                user = bump(self._db, user_id, now)
                assert user is not None, "a device has an account"
                self._outbox.append(tell(user, family))
        return bool(ended)

    def end_all(
        self, user_id: UserId, reason: str, not_before: int, now: datetime, tell: TellAll
    ) -> AllEnded | None:
        """See :class:`users.ports.Sessions`."""
        with self._db.transaction():
            families = end_sessions(self._db, user_id, reason, now)
            user = make_stale(self._db, user_id, now, not_before)
            if user is None:
                return None
            self._outbox.append(*tell(user))
        return AllEnded(user, families)

    def devices(self, user_id: UserId, now: datetime) -> list[Device]:
        """See :class:`users.ports.Sessions`."""
        rows = self._db.all(
            f"SELECT {_DEVICE} FROM users.devices d WHERE {_LIVE} ORDER BY d.last_seen_at DESC LIMIT 100",
            (user_id, now - model.REFRESH_LIFE, now - model.SESSION_LIFE),
        )
        return [_device_of(row) for row in rows]

    def revoked_since(self, since: datetime) -> tuple[list[FamilyId], list[tuple[UserId, int]]]:
        """See :class:`users.ports.Sessions`."""
        ended = self._db.all("SELECT family::text FROM users.devices WHERE revoked_at > %s", (since,))
        stale = self._db.all(
            "SELECT id::text, not_before FROM users.users WHERE not_before > 0 AND not_before > %s",
            (int(since.timestamp()),),
        )
        return [FamilyId(row[0]) for row in ended], [(UserId(row[0]), row[1]) for row in stale]

    def _live(self, user_id: UserId, now: datetime) -> list[Device]:
        """Return the devices that can still refresh, locked."""
        rows = self._db.all(
            f"SELECT {_DEVICE} FROM users.devices d WHERE {_LIVE} ORDER BY d.family FOR UPDATE",
            (user_id, now - model.REFRESH_LIFE, now - model.SESSION_LIFE),
        )
        return [_device_of(row) for row in rows]

    def _token_and_user(self, presented: bytes, device: Device) -> tuple[RefreshToken, User]:
        row = self._db.one(
            f"SELECT t.issued_at, t.expires_at, t.used_at, {COLUMNS} FROM users.refresh_tokens t"
            " JOIN users.users u ON u.id = t.user_id WHERE t.hash = %s AND t.user_id = %s",
            (presented, device.user_id),
        )
        assert row is not None, "the family was found by this token"
        token = RefreshToken(presented, device.family, device.user_id, row[0], row[1], row[2])
        return token, user_of(row[3:])

    def _use_up(self, token: RefreshToken, successor: bytes, now: datetime, ends_at: datetime) -> None:
        self._db.run(
            "UPDATE users.refresh_tokens SET used_at = %s WHERE hash = %s AND user_id = %s",
            (now, token.hash, token.user_id),
        )
        self._insert(RefreshToken(successor, token.family, token.user_id, now, ends_at))
        self._db.run(
            "UPDATE users.devices SET last_seen_at = %s WHERE family = %s AND user_id = %s",
            (now, token.family, token.user_id),
        )

    def _insert(self, token: RefreshToken) -> None:
        self._db.run(_KEEP, (token.hash, token.family, token.user_id, token.issued_at, token.expires_at))


def hold_sessions(db: Database, user_id: UserId) -> None:
    """Wait until nobody else begins a session of somebody or ends all of them, in the open transaction."""
    db.run(_HOLD, (user_id,))


def end_sessions(db: Database, user_id: UserId, reason: str, now: datetime) -> tuple[FamilyId, ...]:
    """End every session in the open transaction, after which none begins that does not see what it did."""
    hold_sessions(db, user_id)
    return tuple(FamilyId(row[0]) for row in db.all(_END_ALL, (now, reason, user_id)))


def _device_of(row: Sequence[Any]) -> Device:
    return Device(FamilyId(row[0]), UserId(row[1]), *row[2:])
