"""Accounts that failed sign-ins have locked."""

from datetime import datetime
from typing import Protocol

from users.model import Lock, User, UserId
from users.ports.sessions import Tell, TellAll


class Locks(Protocol):
    """Locks of known accounts. What is known of unknown ones is only counted (:class:`SignInAttempts`)."""

    def untold(self, now: datetime, at_most: int) -> list[Lock]:
        """Return locks that settled by ``now`` and nobody was told of, the oldest first."""

    def tell(self, lock: Lock, now: datetime, tell: Tell) -> User | None:
        """Write the event and that it was told; None when it was, or the lock ended, in between."""

    def end(self, user_id: UserId, now: datetime, tell: TellAll) -> User | None:
        """Forget the failed sign-ins of the account, at every address; None when there are none."""
