"""How often a sign-in may fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from users.model.accounts import UserId

TRIES_BEFORE_PAUSE = 5
PAUSE_WINDOW = timedelta(minutes=15)
TRIES_BEFORE_LOCK = 10
LOCK_FOR = timedelta(hours=1)
TRIES_REMEMBERED_FOR = timedelta(hours=24)
LOCK_SETTLES_AFTER = timedelta(seconds=10)
"""A try counts as failed before it is made: the tenth may still succeed for as long."""
LOCK_NOTICES_APART = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wait:
    """Sign-in is refused until ``until``: ``locked`` after ten failures, else a pause."""

    until: datetime
    locked: bool


@dataclass(frozen=True, slots=True)
class Lock:
    """The failure of ``locked_at`` locked sign-in at one address of ``user_id`` until ``until``.

    ``account`` is the keyed digest of the address; ``first``: its owner was not told of one within a day.
    """

    account: bytes
    user_id: UserId
    locked_at: datetime
    first: bool

    @property
    def until(self) -> datetime:
        """When sign-in may be tried again by itself."""
        return self.locked_at + LOCK_FOR


def locks(failures: Sequence[datetime], now: datetime) -> bool:
    """Whether the newest of ``failures`` (oldest first) locks: the tenth within a day, or a later one."""
    return sum(at > now - TRIES_REMEMBERED_FOR for at in failures) >= TRIES_BEFORE_LOCK


def sign_in_wait(failures: Sequence[datetime], now: datetime) -> Wait | None:
    """Return how long sign-in waits after ``failures`` (oldest first), or None when it may be tried now.

    Ten failures since the last success within a day lock for an hour from the newest; five within fifteen
    minutes pause until the first of them is fifteen minutes old.
    """
    recent = [at for at in failures if at > now - TRIES_REMEMBERED_FOR]
    if len(recent) >= TRIES_BEFORE_LOCK and recent[-1] + LOCK_FOR > now:
        return Wait(recent[-1] + LOCK_FOR, locked=True)
    inside = [at for at in recent if at > now - PAUSE_WINDOW]
    if len(inside) >= TRIES_BEFORE_PAUSE:
        return Wait(inside[-TRIES_BEFORE_PAUSE] + PAUSE_WINDOW, locked=False)
    return None
