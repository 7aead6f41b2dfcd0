"""Passwords: the list of leaked ones, codes that set one anew, and the change itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from kit.events import Event
from users.model import AllEnded, PasswordReset, ResetId, User, UserId

TellPassword = Callable[[User, bool], Sequence[Event[Any]]]
"""Makes the events of a new password from the account after it, and whether a lock ended with it."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The hash that holds from ``at`` on; tokens issued before the Unix second ``not_before`` are stale."""

    user_id: UserId
    password_hash: str
    not_before: int
    at: datetime
    reason: str


class LeakedPasswords(Protocol):
    """Passwords that are known to have been leaked."""

    def __contains__(self, password: str, /) -> bool:
        """Whether ``password`` stands in the list."""


class PasswordResets(Protocol):
    """Codes that set a password anew, known account or not; those of one address queue."""

    def open(
        self, reset: PasswordReset, *, per_hour: int, per_day: int, apart: timedelta
    ) -> timedelta | None:
        """Keep ``reset``, or return how long to wait.

        It waits when the address had ``per_hour`` or ``per_day``, or one less than ``apart`` ago. Those
        before stay good: a stranger who asks must not void the code its owner is reading.
        """

    def attempt(self, reset_id: ResetId) -> PasswordReset | None:
        """Count one try and return the reset after it, or None when there is none."""


class Credentials(Protocol):
    """Puts another password in place.

    Each command ends every session of the person, voids whatever was proved or asked for with the password
    before (codes under way, resets, changes of an address), forgets failed sign-ins, and writes the events.
    """

    def change(self, password: NewPassword, was: str, tell: TellPassword) -> AllEnded | None:
        """Put it in place of the hash ``was``; None when that is not the account's hash any more."""

    def reset(self, password: NewPassword, reset_id: ResetId, tell: TellPassword) -> AllEnded | None:
        """Put it in place and use the reset up; None when it was used before."""
