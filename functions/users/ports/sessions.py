"""Signed-in devices, and the memory of what was revoked."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from users.model import (
    AllEnded,
    Began,
    Device,
    Displacement,
    FamilyId,
    RefreshToken,
    Rotation,
    User,
    UserId,
)

Tell = Callable[[User], Event[Any]]
"""Makes the event of a change from the account as it is after it."""
TellAll = Callable[[User], Sequence[Event[Any]]]
"""Makes several."""
TellEnd = Callable[[User, FamilyId], Event[Any]]
"""Makes the event of one family's end from its account after it."""

TellDisplaced = Callable[[Displacement], TellEnd]
"""Makes what tells one family's end because another began, from why."""


class Sessions(Protocol):
    """Signed-in devices and their refresh tokens."""

    def open(
        self, device: Device, token: RefreshToken, password_hash: str, tell: TellDisplaced
    ) -> Began | None:
        """Begin a family with its first token, and end those it displaces (:func:`users.model.displaced`).

        None when the account is disabled, or ``password_hash`` is not its any more: whoever signed in before
        must not begin a session after the password was replaced or the account disabled.
        """

    def rotate(
        self, presented: bytes, successor: bytes, device_id: str, now: datetime, tell: TellEnd
    ) -> Rotation:
        """Judge the token with the hash ``presented`` and act on it, under the family's lock.

        *rotate* uses it up and keeps ``successor``; *replay* changes nothing; *reuse* ends the family with
        the event of ``tell``; *ended* and an unknown token change nothing.
        """

    def end(self, user_id: UserId, family: FamilyId, reason: str, now: datetime, tell: TellEnd) -> bool:
        """End one family of ``user_id``; False when there is no live one."""

    def end_all(
        self, user_id: UserId, reason: str, not_before: int, now: datetime, tell: TellAll
    ) -> AllEnded | None:
        """End every family, also one that is beginning, and refuse tokens issued before ``not_before``.

        None when there is no account.
        """

    def devices(self, user_id: UserId, now: datetime) -> list[Device]:
        """Return the devices that can still refresh at ``now``, the last seen first."""

    def revoked_since(self, since: datetime) -> tuple[list[FamilyId], list[tuple[UserId, int]]]:
        """Return the families ended after ``since``, and subjects whose tokens before a second are stale."""


class Retention(Protocol):
    """Forgetting."""

    def forget(self, now: datetime) -> int:
        """Delete a bounded number of rows that are past their use at ``now``; return how many."""


class RevocationMirror(Protocol):
    """The shared memory the authorizer looks at. Every method raises ``Retryable`` when it is away."""

    def ready(self) -> bool:
        """Whether the mirror is complete."""

    def revoke_family(self, family: FamilyId) -> None:
        """Make tokens of ``family`` refused."""

    def refuse_before(self, user_id: UserId, second: int) -> None:
        """Make tokens of ``user_id`` issued before the Unix ``second`` stale."""

    def begin(self) -> str:
        """Start a rebuild: return its mark, to be taken before the truth is read."""

    def complete(self, mark: str, families: Sequence[FamilyId], stale: Sequence[tuple[UserId, int]]) -> bool:
        """Write what is revoked, then the marker; False when the memory was wiped since ``mark``."""
