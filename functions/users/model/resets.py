"""Passwords that are set anew with a code, by people who cannot sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from users.model.accounts import UserId
from users.model.codes import CODE_LIFE, CODE_TRIES

ResetId = NewType("ResetId", str)

RESET_LIFE = CODE_LIFE
RESET_TRIES = CODE_TRIES
RESETS_PER_HOUR = 3
RESETS_PER_DAY = 5
RESET_AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """A code on its way to an address, which sets the password of ``user_id`` anew.

    Without ``user_id`` the address has no account: the row behaves alike and no code opens it. ``account`` is
    the keyed digest of the address, ``code_hash`` that of the code; ``attempts`` counts the tries.
    """

    id: ResetId
    account: bytes
    user_id: UserId | None
    code_hash: bytes
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    consumed_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether the try that was just counted may still succeed."""
        return self.consumed_at is None and self.expires_at > now and self.attempts <= RESET_TRIES
