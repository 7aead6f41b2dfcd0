"""Payments, who pays them and on which terms."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from payments.model.entitlement import Kyc
from payments.model.gateway import CheckoutRef, CustomerRef, PaymentRef
from payments.model.kyc import KycFact, Tier
from payments.model.ledger import PersonId
from payments.model.payment import Payment, PaymentId, SubscriptionId
from payments.model.profile import Profile


class Together(Protocol):
    """What several ports do inside is kept whole or not at all; an inner one joins the outer."""

    def __call__(self) -> AbstractContextManager[Any]:
        """Begin."""


class Payments(Protocol):
    """Every payment, with its newest state."""

    def find(self, payment_id: PaymentId) -> Payment | None:
        """Return a payment, whoever's it is."""

    def of_ref(self, ref: PaymentRef) -> Payment | None:
        """Return the payment that the gateway calls ``ref``."""

    def of_checkout(self, ref: CheckoutRef) -> Payment | None:
        """Return the payment whose hosted page is ``ref``."""

    def put(self, payment: Payment, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Keep ``payment`` in place of version ``was`` (0: it is new) and tell ``events``, in one command.

        False when another version is the newest; nothing is kept then. ``payment.version`` is ``was + 1``.
        """

    def of_person(
        self, person: PersonId, before: tuple[datetime, PaymentId] | None, limit: int
    ) -> list[Payment]:
        """Return a person's payments, the newest first, those opened before ``before``."""

    def of_subscription(self, subscription: SubscriptionId) -> list[Payment]:
        """Return the payments of a subscription, the oldest first."""

    def research_paid(self, person: PersonId, since: datetime) -> int:
        """Return what a person paid for research services since then, in paise without tax."""


class Profiles(Protocol):
    """Who pays: one profile a person."""

    def find(self, person: PersonId) -> Profile | None:
        """Return the profile."""

    def put(self, profile: Profile) -> None:
        """Keep ``profile`` in place of an earlier one, whose customer it keeps when it names none."""

    def note_customer(self, person: PersonId, customer: CustomerRef) -> None:
        """Note what the gateway calls a person who has a profile."""


class KycFacts(Protocol):
    """Whether we know our client, as the law on research services asks."""

    def of(self, person: PersonId) -> Kyc:
        """Return ``verified``, ``local_grant`` or ``awaited``."""

    def tier(self, person: PersonId) -> Tier:
        """Return the tier that holds now: ``none`` for one whose time is over."""


class KycBook(Protocol):
    """What KYC told, kept: one fact a person, which answers :class:`KycFacts`."""

    def put(self, fact: KycFact) -> bool:
        """Keep ``fact`` unless a newer one is known; False then."""
