"""What people may use."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from kit.events import Event
from kit.events.payment_events import EntitlementChanged
from payments.model.entitlement import Cause, Entitlement, Standing
from payments.model.ledger import PersonId

Tell = Callable[[Standing, int], Event[EntitlementChanged]]
"""Makes the event of a change from the standing after it and its version."""


class Entitlements(Protocol):
    """The facts, one a payment or subscription, and what was last told of each person."""

    def find(self, cause: Cause) -> Entitlement | None:
        """Return the fact that follows from ``cause``."""

    def of(self, person: PersonId) -> list[Entitlement]:
        """Return all facts of a person."""

    def change(self, person: PersonId, facts: Sequence[Entitlement], at: datetime, tell: Tell) -> Standing:
        """Put ``facts`` (none: only look again) in place of those of the same causes, and fold all at ``at``.

        The standing is told when it is another one than was told last. One command under the person's lock.
        """
