"""Subscriptions and the names of prices in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.events import Event
from payments.model.gateway import PriceRef, SubscriptionRef
from payments.model.ledger import Book, PersonId
from payments.model.payment import SubscriptionId
from payments.model.subscription import LIVE, Subscription

_MOST = 100


@dataclass
class MemorySubscriptions:
    """See :class:`payments.ports.subscriptions.Subscriptions`; ``told`` is what was told, in order."""

    kept: dict[SubscriptionId, Subscription] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)

    def find(self, subscription_id: SubscriptionId) -> Subscription | None:
        """Look it up."""
        return self.kept.get(subscription_id)

    def of_ref(self, ref: SubscriptionRef) -> Subscription | None:
        """Search."""
        return next((one for one in self.kept.values() if one.ref == ref), None)

    def live(self, person: PersonId, line: Book) -> Subscription | None:
        """Search."""
        mine = (one for one in self.kept.values() if (one.person, one.line) == (person, line))
        return next((one for one in mine if one.life in LIVE), None)

    def of_person(self, person: PersonId) -> list[Subscription]:
        """Sort."""
        mine = [one for one in self.kept.values() if one.person == person]
        return sorted(mine, key=lambda one: (one.opened_at, one.id), reverse=True)[:_MOST]

    def put(self, one: Subscription, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Compare and set."""
        known = self.kept.get(one.id)
        if (known.version if known else 0) != was:
            return False
        if known is None and one.life in LIVE and self.live(one.person, one.line):
            return False
        self.kept[one.id] = one
        self.told += events
        return True


@dataclass
class MemoryPriceNames:
    """See :class:`payments.ports.subscriptions.PriceNames`."""

    names: dict[PriceRef, str] = field(default_factory=dict)

    def keep(self, ref: PriceRef, name: str) -> None:
        """Keep the first."""
        self.names.setdefault(ref, name)

    def name_of(self, ref: PriceRef) -> str | None:
        """Look it up."""
        return self.names.get(ref)
