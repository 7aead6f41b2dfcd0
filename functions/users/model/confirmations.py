"""Proofs of a person who is known already: a code that was sent, or the authenticator app."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType

from users.model.accounts import Address, User, UserId

ConfirmationId = NewType("ConfirmationId", str)
Purpose = Literal["step_up", "sign_in"]
Method = Literal["otp", "totp"]

CONFIRMATION_LIFE = timedelta(seconds=600)
CONFIRMATION_TRIES = 5
CONFIRMATIONS_PER_HOUR = 10
CONFIRM_AGAIN_AFTER = timedelta(seconds=30)
STEP_UP_LIFE = timedelta(minutes=5)
STEP_UP_LEVEL: dict[Method, int] = {"otp": 1, "totp": 2}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A proof that is asked for, once, for one ``purpose``.

    ``bound_to`` is what it will be good for: the family of a step-up, the device of a sign-in. ``code_hash``
    is a keyed digest of the code that was sent, None where the authenticator app answers. ``attempts`` counts
    the tries.
    """

    id: ConfirmationId
    purpose: Purpose
    method: Method
    user_id: UserId
    bound_to: str
    code_hash: bytes | None
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    consumed_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether the try that was just counted may still succeed."""
        return self.consumed_at is None and self.expires_at > now and self.attempts <= CONFIRMATION_TRIES


def reached_at(user: User) -> Address:
    """Return the confirmed address codes go to: the phone, which is in one's hand, else the mailbox."""
    return user.addresses[0]
