"""Proofs under way, of people who are known."""

from datetime import datetime, timedelta
from typing import Protocol

from users.model import Confirmation, ConfirmationId, Purpose, UserId


class Confirmations(Protocol):
    """Confirmations; those of one person and purpose queue."""

    def open(self, confirmation: Confirmation, *, per_hour: int, apart: timedelta) -> timedelta | None:
        """Keep ``confirmation`` and void the open ones before it, or return how long to wait.

        It waits when the person had ``per_hour`` of that purpose in the hour before, or one less than
        ``apart`` ago.
        """

    def attempt(
        self, confirmation_id: ConfirmationId, user_id: UserId | None, purpose: Purpose
    ) -> Confirmation | None:
        """Count one try and return the confirmation after it, or None when there is none.

        Another person's is none; without ``user_id``, where nobody is signed in, it may be anybody's.
        """

    def consume(self, confirmation_id: ConfirmationId, user_id: UserId, now: datetime) -> bool:
        """Use it up; False when it was used or voided before."""
