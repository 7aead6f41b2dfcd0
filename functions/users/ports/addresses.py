"""Changes of addresses under way."""

from datetime import datetime, timedelta
from typing import Literal, Protocol

from users.model import AddressChange, AddressChangeId, AllEnded, UserId
from users.ports.sessions import Tell, TellAll

Made = Literal["made", "taken", "ended"]
"""*taken*: another account has the address by now; *ended*: it was made, stopped or voided before."""


class AddressChanges(Protocol):
    """Changes of addresses; those of one person queue."""

    def open(self, change: AddressChange, *, per_day: int) -> timedelta | None:
        """Keep ``change`` and void the open one of its channel, or return how long to wait.

        It waits when the person had ``per_day`` in the day before.
        """

    def attempt(self, change_id: AddressChangeId, user_id: UserId) -> AddressChange | None:
        """Count one try and return the change after it, or None when the person has none such."""

    def wait(self, change_id: AddressChangeId, user_id: UserId, due_at: datetime) -> bool:
        """The new address is proved: let the change be made at ``due_at``; False when it is not open."""

    def make(self, change: AddressChange, now: datetime, tell: TellAll) -> Made:
        """Put the address in place, use the change up, and void codes that went to the address before."""

    def waiting(self, user_id: UserId) -> list[AddressChange]:
        """Return the person's changes that wait for their time, the first due first."""

    def by_stop_word(self, digest: bytes) -> AddressChange | None:
        """Return the change that the word stops, ended or not, or None."""

    def withdraw(self, change: AddressChange, now: datetime) -> bool:
        """End it without effect; False when it has ended."""

    def stop(self, change: AddressChange, not_before: int, now: datetime, tell: Tell) -> AllEnded | None:
        """End it without effect, and every session of whoever may have asked for it.

        Tokens issued before the Unix second ``not_before`` are stale. None when it has ended.
        """

    def due(self, now: datetime, at_most: int) -> list[AddressChange]:
        """Return changes whose time has come, the first due first."""
