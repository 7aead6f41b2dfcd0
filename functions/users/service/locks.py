"""Locks after ten failed sign-ins: told once they are certain, ended by support.

Nothing is told in the request that locks: an address without an account would answer sooner (ADR 116).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kit import audit, clock
from kit.audit import Actor
from kit.events import Event
from users.errors import NotLocked, UserUnknown
from users.model import Lock, User, UserId
from users.ports import Accounts, Locks
from users.service import facts
from users.service.notices import Notices

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class LockKeeping:
    """Tells locks, and ends them for a reason."""

    accounts: Accounts
    locks: Locks
    notices: Notices

    def tell_locks(self) -> int:
        """Tell locks nobody was told of, and their owners once a day; return how many. ``Retryable``."""
        return sum(self._tell(lock) for lock in self.locks.untold(clock.now(), _AT_ONCE))

    def unlock(self, user_id: UserId, by: Actor, reason: str, reference: str) -> None:
        """Forget the failed sign-ins of an account. Raises ``UserUnknown``, ``NotLocked``."""
        now = clock.now()

        def tell(after: User) -> Sequence[Event[Any]]:
            deed = audit.performed(
                by,
                "user.unlock",
                kind="user",
                id=after.id,
                before={"held": True},
                after={"held": False, "reason": reason, "reference": reference},
            )
            return facts.unlocked_by_support(after, by.id, reason, reference, now), deed

        if self.accounts.by_id(user_id) is None:
            raise UserUnknown
        user = self.locks.end(user_id, now, tell)
        if user is None:
            raise NotLocked
        self.notices.tell(user, "unlocked")

    def _tell(self, lock: Lock) -> bool:
        user = self.locks.tell(lock, clock.now(), partial(facts.locked, lock=lock))
        if user is not None and lock.first:
            self.notices.tell(user, "locked")
        return user is not None
