"""Authenticator apps and backup codes in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from users.adapters.memory.rows import Memory
from users.model import SecondFactor, UserId
from users.ports import Tell


class MemorySecondFactors:
    """Authenticator apps in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def of(self, user_id: UserId) -> SecondFactor | None:
        """See :class:`users.ports.SecondFactors`."""
        kept = self._memory.factors.get(user_id)
        return replace(kept, backup_codes=len(self._codes(user_id))) if kept else None

    def enrol(self, user_id: UserId, sealed: str, now: datetime) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        if self._confirmed(user_id) is not None:
            return False
        self._memory.factors[user_id] = SecondFactor(sealed, 0, now)
        return True

    def confirm(self, user_id: UserId, step: int, codes: Sequence[bytes], now: datetime, tell: Tell) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        kept = self._memory.factors.get(user_id)
        if kept is None or kept.confirmed_at is not None:
            return False
        self._memory.factors[user_id] = replace(kept, confirmed_at=now, last_step=step)
        self._memory.backups[user_id] = set(codes)
        self._memory.events.append(tell(self._memory.bump(user_id, now)))
        return True

    def use_step(self, user_id: UserId, step: int) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        kept = self._confirmed(user_id)
        if kept is None or kept.last_step >= step:
            return False
        self._memory.factors[user_id] = replace(kept, last_step=step)
        return True

    def use_backup(self, user_id: UserId, code: bytes, now: datetime) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        del now
        codes = self._codes(user_id)
        found = code in codes
        codes.discard(code)
        return found

    def renew_backups(self, user_id: UserId, codes: Sequence[bytes], now: datetime) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        del now
        if self._confirmed(user_id) is None:
            return False
        self._memory.backups[user_id] = set(codes)
        return True

    def remove(self, user_id: UserId, now: datetime, tell: Tell) -> bool:
        """See :class:`users.ports.SecondFactors`."""
        self._memory.backups.pop(user_id, None)
        removed = self._memory.factors.pop(user_id, None)
        if removed is not None and removed.confirmed_at is not None:
            self._memory.events.append(tell(self._memory.bump(user_id, now)))
        return removed is not None

    def _confirmed(self, user_id: UserId) -> SecondFactor | None:
        kept = self._memory.factors.get(user_id)
        return kept if kept and kept.confirmed_at else None

    def _codes(self, user_id: UserId) -> set[bytes]:
        return self._memory.backups.get(user_id, set())
