"""Changes of addresses in memory."""

from dataclasses import replace
from datetime import datetime, timedelta

from users import model
from users.adapters.memory.rows import Memory
from users.model import AddressChange, AddressChangeId, AllEnded, UserId
from users.ports import Made, Tell, TellAll

_DAY = timedelta(days=1)


class MemoryAddressChanges:
    """Changes of addresses in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def open(self, change: AddressChange, *, per_day: int) -> timedelta | None:
        """See :class:`users.ports.AddressChanges`."""
        now, kept = change.created_at, self._memory.changes
        own = [one for one in kept.values() if one.user_id == change.user_id]
        begun = sorted((one.created_at for one in own if one.created_at > now - _DAY), reverse=True)
        wait = model.code_wait(begun, now, apart=timedelta(0), per_hour=per_day, per_day=per_day)
        if wait is None:
            for one in own:
                if one.address.channel == change.address.channel:
                    kept[one.id] = replace(one, ended_at=one.ended_at or now)
            kept[change.id] = change
        return wait

    def attempt(self, change_id: AddressChangeId, user_id: UserId) -> AddressChange | None:
        """See :class:`users.ports.AddressChanges`."""
        kept = self._memory.changes.get(change_id)
        if kept is None or kept.user_id != user_id:
            return None
        tried = self._memory.changes[change_id] = replace(kept, attempts=kept.attempts + 1)
        return tried

    def wait(self, change_id: AddressChangeId, user_id: UserId, due_at: datetime) -> bool:
        """See :class:`users.ports.AddressChanges`."""
        kept = self._memory.changes.get(change_id)
        if kept is None or kept.user_id != user_id or kept.ended_at or kept.due_at:
            return False
        self._memory.changes[change_id] = replace(kept, due_at=due_at)
        return True

    def make(self, change: AddressChange, now: datetime, tell: TellAll) -> Made:
        """See :class:`users.ports.AddressChanges`."""
        if not self._ended(change, now):
            return "ended"
        others = (user for user in self._memory.users.values() if user.id != change.user_id)
        if any(change.address in user.addresses for user in others):
            return "taken"
        self._memory.void(change.user_id, now)
        user = self._memory.bump(change.user_id, now).reached_by(change.address)
        self._memory.users[user.id] = user
        self._memory.events.extend(tell(user))
        return "made"

    def waiting(self, user_id: UserId) -> list[AddressChange]:
        """See :class:`users.ports.AddressChanges`."""
        return [one for one in self._by_due() if one.user_id == user_id]

    def by_stop_word(self, digest: bytes) -> AddressChange | None:
        """See :class:`users.ports.AddressChanges`."""
        kept = self._memory.changes.values()
        return next((one for one in kept if one.stop_word == digest), None)

    def withdraw(self, change: AddressChange, now: datetime) -> bool:
        """See :class:`users.ports.AddressChanges`."""
        return self._ended(change, now)

    def stop(self, change: AddressChange, not_before: int, now: datetime, tell: Tell) -> AllEnded | None:
        """See :class:`users.ports.AddressChanges`."""
        if not self._ended(change, now):
            return None
        families = self._memory.end_sessions(change.user_id, "address_change_stopped", now)
        user = self._memory.bump(change.user_id, now).stale_before(not_before)
        self._memory.users[user.id] = user
        self._memory.events.append(tell(user))
        return AllEnded(user, families)

    def due(self, now: datetime, at_most: int) -> list[AddressChange]:
        """See :class:`users.ports.AddressChanges`."""
        return [one for one in self._by_due() if one.due_at is not None and one.due_at <= now][:at_most]

    def _by_due(self) -> list[AddressChange]:
        waiting = [
            (one.due_at, one.id, one)
            for one in self._memory.changes.values()
            if one.due_at is not None and one.ended_at is None
        ]
        return [one for _, _, one in sorted(waiting, key=lambda row: row[:2])]

    def _ended(self, change: AddressChange, now: datetime) -> bool:
        kept = self._memory.changes.get(change.id)
        if kept is None or kept.user_id != change.user_id or kept.ended_at is not None:
            return False
        self._memory.changes[change.id] = replace(kept, ended_at=now)
        return True
