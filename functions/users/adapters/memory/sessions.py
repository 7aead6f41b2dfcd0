"""Devices and refresh tokens in memory."""

from dataclasses import replace
from datetime import datetime

from users import model
from users.adapters.memory.rows import Memory
from users.model import (
    AllEnded,
    Began,
    Device,
    FamilyId,
    RefreshToken,
    Rotation,
    UserId,
)
from users.ports import TellAll, TellDisplaced, TellEnd


class MemorySessions:
    """Devices and refresh tokens in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def open(
        self, device: Device, token: RefreshToken, password_hash: str, tell: TellDisplaced
    ) -> Began | None:
        """See :class:`users.ports.Sessions`."""
        user, now = self._memory.users[device.user_id], device.created_at
        if user.password_hash != password_hash or user.disabled:
            return None
        displaced = model.displaced(self.devices(user.id, now), device)
        for family, why in displaced.items():
            self.end(user.id, family, why, now, tell(why))
        self._memory.devices[device.family] = device
        self._memory.tokens[token.hash] = token
        return Began(tuple(displaced))

    def rotate(
        self, presented: bytes, successor: bytes, device_id: str, now: datetime, tell: TellEnd
    ) -> Rotation:
        """See :class:`users.ports.Sessions`."""
        token = self._memory.tokens.get(presented)
        if token is None:
            return Rotation("ended")
        device = self._memory.devices[token.family]
        verdict = model.judge_refresh(token, device, device_id, now)
        ends_at = model.refresh_ends(device, now)
        if verdict == "rotate":
            self._memory.tokens[presented] = replace(token, used_at=now)
            self._memory.tokens[successor] = replace(token, hash=successor, issued_at=now, expires_at=ends_at)
            self._memory.devices[token.family] = replace(device, last_seen_at=now)
        elif verdict == "reuse":
            self.end(token.user_id, token.family, "reuse", now, tell)
        return Rotation(verdict, self._memory.users[token.user_id], token.family, ends_at)

    def end(self, user_id: UserId, family: FamilyId, reason: str, now: datetime, tell: TellEnd) -> bool:
        """See :class:`users.ports.Sessions`."""
        device = self._memory.devices.get(family)
        if device is None or device.user_id != user_id or device.revoked_at is not None:
            return False
        self._memory.devices[family] = replace(device, revoked_at=now)
        self._memory.reasons[family] = reason
        self._memory.events.append(tell(self._memory.bump(user_id, now), family))
        return True

    def end_all(
        self, user_id: UserId, reason: str, not_before: int, now: datetime, tell: TellAll
    ) -> AllEnded | None:
        """See :class:`users.ports.Sessions`."""
        if user_id not in self._memory.users:
            return None
        families = self._memory.end_sessions(user_id, reason, now)
        user = self._memory.bump(user_id, now).stale_before(not_before)
        self._memory.users[user_id] = user
        self._memory.events.extend(tell(user))
        return AllEnded(user, families)

    def devices(self, user_id: UserId, now: datetime) -> list[Device]:
        """See :class:`users.ports.Sessions`."""
        kept = self._memory.devices.values()
        since = now - model.REFRESH_LIFE
        own = [one for one in kept if one.user_id == user_id and one.revoked_at is None]
        began = now - model.SESSION_LIFE
        live = [one for one in own if one.last_seen_at > since and one.created_at > began]
        return sorted(live, key=lambda one: one.last_seen_at, reverse=True)

    def revoked_since(self, since: datetime) -> tuple[list[FamilyId], list[tuple[UserId, int]]]:
        """See :class:`users.ports.Sessions`."""
        ended = [
            one.family for one in self._memory.devices.values() if one.revoked_at and one.revoked_at > since
        ]
        stale = [
            (user.id, user.not_before)
            for user in self._memory.users.values()
            if user.not_before > since.timestamp()
        ]
        return ended, stale
