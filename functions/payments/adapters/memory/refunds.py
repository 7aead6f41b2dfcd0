"""Refunds, and what the saga needs of others, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit.events import Event
from payments.model.ledger import PersonId
from payments.model.offer import Sku
from payments.model.payment import Payment, PaymentId, SubscriptionId
from payments.model.refund import OPEN, Refund, RefundId, RefundStatus


@dataclass
class MemoryRefunds:
    """See :class:`payments.ports.refunds.Refunds`; ``told`` is what was told, in order."""

    kept: dict[RefundId, Refund] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)

    def find(self, refund_id: RefundId) -> Refund | None:
        """Look it up."""
        return self.kept.get(refund_id)

    def of_payment(self, payment_id: PaymentId) -> list[Refund]:
        """Search."""
        found = (one for one in self.kept.values() if one.payment == payment_id)
        return sorted(found, key=lambda one: (one.requested_at, one.id))

    def put(self, refund: Refund, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Compare and set."""
        known = self.kept.get(refund.id)
        if (known.version if known else 0) != was:
            return False
        if was == 0 and refund.origin != "gateway" and any(map(_bars, self.of_payment(refund.payment))):
            return False
        self.kept[refund.id] = refund
        self.told += events
        return True

    def page(
        self,
        person: PersonId | None,
        status: RefundStatus | None,
        before: tuple[datetime, RefundId] | None,
        limit: int,
    ) -> list[Refund]:
        """Sort."""
        found = [
            one
            for one in self.kept.values()
            if person in {None, one.person}
            and status in {None, one.status}
            and (before is None or (one.requested_at, one.id) < before)
        ]
        return sorted(found, key=lambda one: (one.requested_at, one.id), reverse=True)[:limit]


def _bars(one: Refund) -> bool:
    return one.status in OPEN and one.origin != "gateway"


@dataclass
class MemoryProgress:
    """See :class:`payments.ports.refunds.CourseProgress`: what is not in ``known`` is not known."""

    known: dict[tuple[PersonId, Sku], int] = field(default_factory=dict)

    def of(self, person: PersonId, sku: Sku) -> int | None:
        """Look it up."""
        return self.known.get((person, sku))


@dataclass
class MemoryCreditNotes:
    """See :class:`payments.ports.refunds.CreditNotes`: ``issued`` less ``withdrawn`` stand."""

    issued: dict[RefundId, int] = field(default_factory=dict)
    withdrawn: set[RefundId] = field(default_factory=set)

    def issue(self, refund: Refund, payment: Payment, settled_at: datetime) -> None:
        """Note it."""
        del payment, settled_at
        self.issued[refund.id] = refund.sale.gross

    def withdraw(self, refund: Refund, payment: Payment) -> None:
        """Note it."""
        del payment
        self.withdrawn.add(refund.id)


@dataclass
class MemoryLetters:
    """See :class:`payments.ports.refunds.RefundLetters`."""

    sent: list[tuple[RefundId, RefundStatus]] = field(default_factory=list)

    def tell(self, refund: Refund, payment: Payment) -> None:
        """Note it."""
        del payment
        self.sent.append((refund.id, refund.status))


@dataclass
class MemoryEnds:
    """See :class:`payments.ports.refunds.SubscriptionEnds`."""

    ended: dict[SubscriptionId, str] = field(default_factory=dict)

    def end(self, subscription: SubscriptionId, reason: str) -> None:
        """Note it."""
        self.ended.setdefault(subscription, reason)


@dataclass
class MemoryWorkflow:
    """See :class:`payments.ports.refunds.RefundWorkflow`; ``started`` are the names, in order."""

    started: list[str] = field(default_factory=list)

    def start(self, refund_id: RefundId, attempt: str = "") -> bool:
        """Note the name, once."""
        name = f"{refund_id}-{attempt}" if attempt else str(refund_id)
        if name in self.started:
            return False
        self.started.append(name)
        return True
