"""Confirmations in memory."""

from dataclasses import replace
from datetime import datetime, timedelta

from users.adapters.memory.rows import Memory
from users.model import Confirmation, ConfirmationId, Purpose, UserId


class MemoryConfirmations:
    """Confirmations in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def open(self, confirmation: Confirmation, *, per_hour: int, apart: timedelta) -> timedelta | None:
        """See :class:`users.ports.Confirmations`."""
        now, hour = confirmation.created_at, timedelta(hours=1)
        kept = self._memory.confirmations
        own = sorted(
            (one for one in kept.values() if (one.user_id, one.purpose) == _whose(confirmation)),
            key=lambda one: one.created_at,
        )
        recent = [one.created_at for one in own if one.created_at > now - hour]
        if recent and recent[-1] + apart > now:
            return recent[-1] + apart - now
        if len(recent) >= per_hour:
            return recent[-per_hour] + hour - now
        for one in own:
            kept[one.id] = replace(one, consumed_at=one.consumed_at or now)
        kept[confirmation.id] = confirmation
        return None

    def attempt(
        self, confirmation_id: ConfirmationId, user_id: UserId | None, purpose: Purpose
    ) -> Confirmation | None:
        """See :class:`users.ports.Confirmations`."""
        kept = self._memory.confirmations.get(confirmation_id)
        if kept is None or (kept.user_id, kept.purpose) != (user_id or kept.user_id, purpose):
            return None
        tried = self._memory.confirmations[kept.id] = replace(kept, attempts=kept.attempts + 1)
        return tried

    def consume(self, confirmation_id: ConfirmationId, user_id: UserId, now: datetime) -> bool:
        """See :class:`users.ports.Confirmations`."""
        kept = self._memory.confirmations.get(confirmation_id)
        if kept is None or kept.user_id != user_id or kept.consumed_at is not None:
            return False
        self._memory.confirmations[kept.id] = replace(kept, consumed_at=now)
        return True


def _whose(one: Confirmation) -> tuple[UserId, Purpose]:
    return one.user_id, one.purpose
