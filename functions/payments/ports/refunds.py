"""Refunds, and what the saga needs of others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from payments.model.ledger import PersonId
from payments.model.offer import Sku
from payments.model.payment import Payment, PaymentId, SubscriptionId
from payments.model.refund import Refund, RefundId, RefundStatus


class Refunds(Protocol):
    """Every refund, with its newest state."""

    def find(self, refund_id: RefundId) -> Refund | None:
        """Return a refund, whoever's it is."""

    def of_payment(self, payment_id: PaymentId) -> list[Refund]:
        """Return the refunds of a payment, the oldest first."""

    def put(self, refund: Refund, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Keep ``refund`` in place of version ``was`` (0: it is new) and tell ``events``, in one command.

        False, and nothing is kept, when another version is the newest, or when ``refund`` is new and another
        one of its payment is open (those the gateway began are not asked).
        """

    def page(
        self,
        person: PersonId | None,
        status: RefundStatus | None,
        before: tuple[datetime, RefundId] | None,
        limit: int,
    ) -> list[Refund]:
        """Return refunds (of a person, in a status), the newest first, those requested before ``before``."""


class CourseProgress(Protocol):
    """How far somebody is in a course: a fact of education."""

    def of(self, person: PersonId, sku: Sku) -> int | None:
        """Return percent, None where it is not known."""


class CreditNotes(Protocol):
    """Papers about what went back. Both join the caller's transaction, and doing either twice is once."""

    def issue(self, refund: Refund, payment: Payment, settled_at: datetime) -> None:
        """Issue the credit note of ``refund``, which the books took at ``settled_at``."""

    def withdraw(self, refund: Refund, payment: Payment) -> None:
        """Take it back: the money never arrived, so the supply is charged again."""


class RefundLetters(Protocol):
    """Tells the customer. Not for use inside a transaction; a letter may come twice, never not at all."""

    def tell(self, refund: Refund, payment: Payment) -> None:
        """Say what became of ``refund``. Raises ``Retryable``."""


class SubscriptionEnds(Protocol):
    """Ends a subscription whose unused part went back; one that has ended stays so."""

    def end(self, subscription: SubscriptionId, reason: str) -> None:
        """End it at once, at the gateway too. Raises ``Retryable``."""


class RefundWorkflow(Protocol):
    """The state machine that sequences the saga."""

    def start(self, refund_id: RefundId, attempt: str = "") -> bool:
        """Start it under the refund's name; False when that name exists already. Raises ``Retryable``."""
