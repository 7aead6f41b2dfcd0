"""Payments and who pays them in memory."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kit.events import Event
from payments.model.gateway import CheckoutRef, CustomerRef, PaymentRef
from payments.model.ledger import Book, PersonId
from payments.model.payment import Payment, PaymentId, SubscriptionId
from payments.model.profile import Profile


@dataclass
class MemoryPayments:
    """See :class:`payments.ports.payments.Payments`; ``told`` is what was told, in order."""

    kept: dict[PaymentId, Payment] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)

    def together(self) -> AbstractContextManager[Any]:
        """Nothing fails halfway here."""
        return nullcontext()

    def find(self, payment_id: PaymentId) -> Payment | None:
        """Look it up."""
        return self.kept.get(payment_id)

    def of_ref(self, ref: PaymentRef) -> Payment | None:
        """Search."""
        return next((one for one in self.kept.values() if one.ref == ref), None)

    def of_checkout(self, ref: CheckoutRef) -> Payment | None:
        """Search."""
        return next((one for one in self.kept.values() if one.checkout == ref), None)

    def put(self, payment: Payment, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Compare and set."""
        known = self.kept.get(payment.id)
        if (known.version if known else 0) != was:
            return False
        self.kept[payment.id] = payment
        self.told += events
        return True

    def of_person(
        self, person: PersonId, before: tuple[datetime, PaymentId] | None, limit: int
    ) -> list[Payment]:
        """Sort."""
        found = self._sorted(one for one in self.kept.values() if one.person == person)
        older = [one for one in reversed(found) if before is None or (one.opened_at, one.id) < before]
        return older[:limit]

    def of_subscription(self, subscription: SubscriptionId) -> list[Payment]:
        """Search."""
        return self._sorted(one for one in self.kept.values() if one.subscription == subscription)

    def research_paid(self, person: PersonId, since: datetime) -> int:
        """Sum."""
        return sum(
            one.sale.net
            for one in self.kept.values()
            if one.person == person
            and one.line is Book.RESEARCH
            and one.captured_at
            and one.captured_at > since
        )

    def _sorted(self, found: Iterable[Payment]) -> list[Payment]:
        return sorted(found, key=lambda one: (one.opened_at, one.id))


@dataclass
class MemoryProfiles:
    """See :class:`payments.ports.payments.Profiles`."""

    kept: dict[PersonId, Profile] = field(default_factory=dict)

    def find(self, person: PersonId) -> Profile | None:
        """Look it up."""
        return self.kept.get(person)

    def put(self, profile: Profile) -> None:
        """Replace all but the customer."""
        known = self.kept.get(profile.person)
        customer = profile.customer or (known.customer if known else None)
        self.kept[profile.person] = replace(profile, customer=customer)

    def note_customer(self, person: PersonId, customer: CustomerRef) -> None:
        """Replace the customer."""
        if person in self.kept:
            self.kept[person] = replace(self.kept[person], customer=customer)
