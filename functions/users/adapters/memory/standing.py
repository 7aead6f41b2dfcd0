"""Accounts that are disabled, in memory."""

from dataclasses import replace
from datetime import datetime

from users.adapters.memory.rows import Memory
from users.model import AllEnded, Disabled, User, UserId
from users.ports import TellAll, Undone


class MemoryStanding:
    """Accounts that are disabled, in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def disable(
        self, user_id: UserId, disabled: Disabled, not_before: int, tell: TellAll
    ) -> AllEnded | Undone:
        """See :class:`users.ports.Standing`."""
        memory, kept = self._memory, self._memory.users.get(user_id)
        if kept is None:
            return "unknown"
        if kept.disabled is not None:
            return "already"
        if "admin" in kept.roles and not self._other_admin(user_id):
            return "last"
        memory.stop_changes(user_id, disabled.at)
        memory.void(user_id, disabled.at)
        families = memory.end_sessions(user_id, "account_disabled", disabled.at)
        bumped = memory.bump(user_id, disabled.at)
        user = replace(bumped, disabled=disabled).stale_before(not_before)
        return AllEnded(self._kept(user, tell), families)

    def enable(self, user_id: UserId, now: datetime, tell: TellAll) -> User | Undone:
        """See :class:`users.ports.Standing`."""
        kept = self._memory.users.get(user_id)
        if kept is None:
            return "unknown"
        if kept.disabled is None:
            return "already"
        return self._kept(replace(self._memory.bump(user_id, now), disabled=None), tell)

    def _other_admin(self, user_id: UserId) -> bool:
        others = (one for one in self._memory.users.values() if one.id != user_id)
        return any("admin" in one.roles and one.disabled is None for one in others)

    def _kept(self, user: User, tell: TellAll) -> User:
        self._memory.users[user.id] = user
        self._memory.events.extend(tell(user))
        return user
