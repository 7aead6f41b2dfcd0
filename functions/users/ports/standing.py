"""Accounts that nobody may come in with."""

from datetime import datetime
from typing import Literal, Protocol

from users.model import AllEnded, Disabled, User, UserId
from users.ports.sessions import TellAll

Undone = Literal["unknown", "already", "last"]
"""Nothing was done: there is no such account, it is so already, or it is the last administrator's."""


class Standing(Protocol):
    """Disables accounts, and enables them again."""

    def disable(
        self, user_id: UserId, disabled: Disabled, not_before: int, tell: TellAll
    ) -> AllEnded | Undone:
        """Disable, and end every session, also one that is beginning; void codes and changes under way.

        Tokens issued before ``not_before`` are stale. *last*: nobody else is an administrator who is not
        disabled; administrators are disabled one at a time, so that two cannot disable each other.
        """

    def enable(self, user_id: UserId, now: datetime, tell: TellAll) -> User | Undone:
        """Let the account be signed in to again."""
