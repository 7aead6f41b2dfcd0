"""Begin a subscription: ours first, then the gateway's page under our id, then its address.

Each step is done again without harm, so a crash at any point is resumed by the same key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock
from kit.errors import Retryable
from kit.failpoint import hit
from kit.money import Money
from payments.errors.gateway import PaymentNotOpen
from payments.errors.subscriptions import AlreadySubscribed, KeyMeantAnother
from payments.model.gateway import Checkout, CustomerRef, PriceOrder, PriceRef, SubscriptionOrder
from payments.model.ledger import PersonId
from payments.model.limit import coming
from payments.model.offer import Offer
from payments.model.payment import CURRENCY, SubscriptionId
from payments.model.profile import Profile
from payments.model.subscription import (
    Subscription,
    Terms,
    subscription_id,
    subscription_of,
    terms_of,
)
from payments.ports.gateway import PaymentGateway, SubscriptionGateway
from payments.ports.payments import Together
from payments.ports.subscriptions import PriceNames, Subscriptions
from payments.service.customers import Customers
from payments.service.limiting import Limiting

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Pricing:
    """The gateway's prices, made where they are missing and known before anybody pays them."""

    gateway: SubscriptionGateway
    names: PriceNames

    def price(self, terms: Terms) -> PriceRef:
        """Return the gateway's price of ``terms``."""
        order = PriceOrder(terms.name, terms.title, Money(terms.price, CURRENCY), terms.interval)
        ref = self.gateway.price(order, key=f"price:{terms.name}")
        self.names.keep(ref, terms.name)
        return ref


@dataclass(frozen=True, slots=True)
class Pages:
    """Follows hosted pages: one that is closed before anybody began on it leaves nothing behind."""

    subscriptions: Subscriptions

    def follow(self, page: Checkout) -> None:
        """Note that ``page`` closed, where it is a subscription's."""
        own = subscription_of(page.reference)
        if own is not None and page.status == "expired" and page.subscription is None:
            self.close(own)

    def close(self, subscription: SubscriptionId) -> None:
        """Note that nobody began ``subscription``. Raises ``Retryable`` when it changes meanwhile."""
        known = self.subscriptions.find(subscription)
        if known is not None and known.life == "pending":
            gone = replace(known, life="abandoned", address=None, version=known.version + 1)
            if not self.subscriptions.put(gone, known.version):
                raise Retryable("The subscription is being changed by others: try again")


@dataclass(frozen=True, slots=True)
class Subscribing:
    """``success_url`` and ``cancel_url`` are where the hosted page leads back to."""

    subscriptions: Subscriptions
    customers: Customers
    payments: PaymentGateway
    gateway: SubscriptionGateway
    pricing: Pricing
    limiting: Limiting
    together: Together
    seller: str
    success_url: str
    cancel_url: str
    now: Callable[[], datetime] = clock.now

    def begin(self, person: PersonId, offer: Offer, profile: Profile, key: str) -> Subscription:
        """Return the subscription of ``person`` to ``offer`` under ``key``, with the page's ``address``.

        The page of an earlier try that nobody paid on is closed. The trial is for the first subscription of
        a product line. Raises ``AlreadySubscribed``, ``KeyMeantAnother``, ``TierTooLow`` for what it charges
        in this financial year, and what the gateway raises.
        """
        known = self.subscriptions.find(subscription_id(person, key))
        known = known or self._kept(person, offer, profile, key)
        if known.terms.name != offer.price_name:
            raise KeyMeantAnother
        return self._with_page(known, profile)

    def _kept(self, person: PersonId, offer: Offer, profile: Profile, key: str) -> Subscription:
        """Keep a pending one; whoever else begins at the same moment is met in the next round."""
        own = subscription_id(person, key)
        for _ in range(_ATTEMPTS):
            self._make_way(person, offer, profile)
            made = Subscription(
                own,
                person,
                offer.line,
                terms_of(offer, self.seller, profile.state),
                "pending",
                self.now(),
                trial_days=0 if self._tried(person, offer) else offer.trial_days,
            )
            if self._keep(made):
                hit("subscription.kept")
                return made
            known = self.subscriptions.find(own)
            if known is not None:
                return known
        raise Retryable("Another subscription is being begun: try again")

    def _keep(self, made: Subscription) -> bool:
        """Keep ``made``; False when a twin, or another one of its line, was faster."""
        with self.together():
            self.limiting.take_turn(made.person, made.line)
            if self.subscriptions.find(made.id) is not None:
                return False
            self.limiting.demand(made.person, made.line, coming(made, self.now()))
            return self.subscriptions.put(made, 0)

    def _tried(self, person: PersonId, offer: Offer) -> bool:
        mine = self.subscriptions.of_person(person)
        return any(one.line is offer.line and one.started_at is not None for one in mine)

    def _make_way(self, person: PersonId, offer: Offer, profile: Profile) -> None:
        """Close the page of a pending one; raise ``AlreadySubscribed`` for one that lives."""
        other = self.subscriptions.live(person, offer.line)
        if other is None:
            return
        if other.life != "pending":
            raise AlreadySubscribed(f"subscription {other.id}")
        page = self._with_page(other, profile).page
        assert page is not None, "a page was opened"
        try:
            self.payments.expire_checkout(page, key=f"{other.id}:close")
        except PaymentNotOpen as error:
            raise AlreadySubscribed(f"subscription {other.id} has just been begun") from error
        Pages(self.subscriptions).close(other.id)

    def _with_page(self, one: Subscription, profile: Profile) -> Subscription:
        if one.page is not None or one.life != "pending":
            return one
        customer = self.customers.of(profile)
        hit("subscription.customer")
        order = SubscriptionOrder(
            one.id,
            customer,
            self.pricing.price(one.terms),
            self.success_url,
            self.cancel_url,
            one.trial_days,
        )
        page = self.gateway.open_subscription(order, key=f"{one.id}:open")
        hit("subscription.opened")
        return self._paged(one, customer, page)

    def _paged(self, one: Subscription, customer: CustomerRef, page: Checkout) -> Subscription:
        for _ in range(_ATTEMPTS):
            known = self.subscriptions.find(one.id)
            assert known is not None, "what was kept stays"
            if known.page is not None:
                return known
            paged = replace(
                known,
                customer=customer,
                page=page.ref,
                address=page.address,
                page_until=page.expires_at,
                version=known.version + 1,
            )
            if self.subscriptions.put(paged, known.version):
                return paged
        raise Retryable("The subscription is being changed by others: try again")
