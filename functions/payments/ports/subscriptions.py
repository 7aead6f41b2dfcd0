"""Subscriptions, and the names of the gateway's prices."""

from collections.abc import Sequence
from typing import Any, Protocol

from kit.events import Event
from payments.model.gateway import PriceRef, SubscriptionRef
from payments.model.ledger import Book, PersonId
from payments.model.payment import SubscriptionId
from payments.model.subscription import Subscription


class Subscriptions(Protocol):
    """Every subscription, with its newest state."""

    def find(self, subscription_id: SubscriptionId) -> Subscription | None:
        """Return a subscription, whoever's it is."""

    def of_ref(self, ref: SubscriptionRef) -> Subscription | None:
        """Return the subscription that the gateway calls ``ref``."""

    def live(self, person: PersonId, line: Book) -> Subscription | None:
        """Return the one subscription of a person and product line that is not over."""

    def of_person(self, person: PersonId) -> list[Subscription]:
        """Return a person's newest hundred subscriptions, the newest first."""

    def put(self, one: Subscription, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Keep ``one`` in place of version ``was`` (0: it is new) and tell ``events``, in one command.

        False, and nothing is kept, when another version is the newest, or when ``one`` is new and its
        person has a live one of its line already. ``one.version`` is ``was + 1``.
        """


class PriceNames(Protocol):
    """Which of our prices the gateway means."""

    def keep(self, ref: PriceRef, name: str) -> None:
        """Remember ``name`` (an offer's ``price_name``) of the gateway's price; it never changes."""

    def name_of(self, ref: PriceRef) -> str | None:
        """Return the name of a price."""
