"""The accounts, and the codes that open them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from users.model import (
    Address,
    Challenge,
    ChallengeId,
    User,
    UserId,
    Wait,
)


class AfterCommit(Protocol):
    """What the stores' transaction offers."""

    def __call__(self, effect: Callable[[], None], /) -> None:
        """Run ``effect`` when what is under way is committed, at once when nothing is."""


class Accounts(Protocol):
    """The accounts."""

    def by_id(self, user_id: UserId) -> User | None:
        """Return the account, or None."""

    def by_address(self, address: Address) -> User | None:
        """Return the account that has confirmed ``address``, or None."""

    def register(self, user: User, challenge: ChallengeId, event: Event[Any]) -> bool:
        """Use ``challenge`` up and open ``user``; False when the address has an account by now."""

    def ended(self, now: datetime, at_most: int) -> list[UserId]:
        """Return accounts whose told plan has ended by ``now``, the longest ago first."""

    def save(self, user: User, expected_version: int, events: Sequence[Event[Any]]) -> bool:
        """Write ``user`` over ``expected_version``; False when it is not the newest any more."""

    def seed(self, user: User, event: Event[Any]) -> bool:
        """Open ``user`` without a challenge; False when the address has an account."""


class Challenges(Protocol):
    """One-time codes under way."""

    def open(self, challenge: Challenge, *, per_hour: int) -> bool:
        """Keep ``challenge``; False when its address had ``per_hour`` in the hour before."""

    def attempt(self, challenge_id: ChallengeId) -> Challenge | None:
        """Count one try and return the challenge after it, or None when there is none."""

    def renew(self, challenge_id: ChallengeId, code_hash: bytes, now: datetime) -> Challenge | None:
        """Give an open challenge a new code and life, and return it.

        None when there is no such open challenge. One that was sent too often or a moment ago is returned as
        it is, with its old code.
        """


class SignInAttempts(Protocol):
    """Failed sign-ins by account key, known account or not."""

    def begin(self, account: bytes, user_id: UserId | None, now: datetime) -> Wait | None:
        """Count a try as failed, before it is made, unless the account must wait: then return the wait.

        ``user_id`` says whose address it is, None if nobody's: the same is written for both.
        """

    def forgive(self, account: bytes) -> None:
        """Forget the failures: the try succeeded."""
