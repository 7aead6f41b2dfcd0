"""New passwords, codes that set one anew, and locks in memory."""

from dataclasses import replace
from datetime import datetime, timedelta

from users import model
from users.adapters.memory.rows import Memory
from users.model import AllEnded, Lock, PasswordReset, ResetId, User, UserId
from users.ports import NewPassword, Tell, TellAll, TellPassword

_DAY = timedelta(days=1)


class MemoryCredentials:
    """New passwords in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def change(self, password: NewPassword, was: str, tell: TellPassword) -> AllEnded | None:
        """See :class:`users.ports.Credentials`."""
        user = self._memory.users[password.user_id]
        if user.password_hash != was or user.disabled:
            return None
        return self._put(password, tell)

    def reset(self, password: NewPassword, reset_id: ResetId, tell: TellPassword) -> AllEnded | None:
        """See :class:`users.ports.Credentials`."""
        kept = self._memory.resets.get(reset_id)
        if kept is None or kept.consumed_at is not None or kept.user_id != password.user_id:
            return None
        if self._memory.users[password.user_id].disabled:
            return None
        return self._put(password, tell)

    def _put(self, new: NewPassword, tell: TellPassword) -> AllEnded:
        memory = self._memory
        families = memory.end_sessions(new.user_id, new.reason, new.at)
        memory.stop_changes(new.user_id, new.at)
        memory.void(new.user_id, new.at)
        bumped = memory.bump(new.user_id, new.at).stale_before(new.not_before)
        user = memory.users[bumped.id] = replace(bumped, password_hash=new.password_hash)
        locked = [one.locked_at for one in memory.forgive(user.id)]
        unlocked = any(at is not None and at + model.LOCK_FOR > new.at for at in locked)
        memory.events.extend(tell(user, unlocked))
        return AllEnded(user, families)


class MemoryResets:
    """Codes that set a password anew, in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def open(
        self, reset: PasswordReset, *, per_hour: int, per_day: int, apart: timedelta
    ) -> timedelta | None:
        """See :class:`users.ports.PasswordResets`."""
        now, kept = reset.created_at, self._memory.resets
        own = [one for one in kept.values() if one.account == reset.account]
        sent = sorted((one.created_at for one in own if one.created_at > now - _DAY), reverse=True)
        wait = model.code_wait(sent, now, apart=apart, per_hour=per_hour, per_day=per_day)
        if wait is None:
            kept[reset.id] = reset
        return wait

    def attempt(self, reset_id: ResetId) -> PasswordReset | None:
        """See :class:`users.ports.PasswordResets`."""
        kept = self._memory.resets.get(reset_id)
        if kept is not None:
            kept = self._memory.resets[reset_id] = replace(kept, attempts=kept.attempts + 1)
        return kept


class MemoryLocks:
    """Locked accounts in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def untold(self, now: datetime, at_most: int) -> list[Lock]:
        """See :class:`users.ports.Locks`."""
        settled, told_before = now - model.LOCK_SETTLES_AFTER, now - model.LOCK_NOTICES_APART
        found = [
            Lock(key, one.user_id, one.locked_at, first=one.told_at is None or one.told_at <= told_before)
            for key, one in self._memory.failures.items()
            if one.user_id is not None and one.locked_at is not None and one.locked_at <= settled
            if one.told_at is None or one.told_at < one.locked_at
        ]
        return sorted(found, key=lambda lock: lock.locked_at)[:at_most]

    def tell(self, lock: Lock, now: datetime, tell: Tell) -> User | None:
        """See :class:`users.ports.Locks`."""
        kept = self._memory.failures.get(lock.account)
        if kept is None or kept.locked_at != lock.locked_at or kept.told_at == kept.locked_at:
            return None
        self._memory.failures[lock.account] = replace(kept, told_at=kept.locked_at)
        user = self._memory.bump(lock.user_id, now)
        self._memory.events.append(tell(user))
        return user

    def end(self, user_id: UserId, now: datetime, tell: TellAll) -> User | None:
        """See :class:`users.ports.Locks`."""
        if not self._memory.forgive(user_id):
            return None
        user = self._memory.bump(user_id, now)
        self._memory.events.extend(tell(user))
        return user
