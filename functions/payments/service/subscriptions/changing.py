"""Change, cancel and resume: ordered of the gateway, then read back as after any webhook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from kit.failpoint import hit
from payments.errors.gateway import PaymentNotOpen
from payments.errors.orders import FeeCapReached, OfferUnknown
from payments.errors.subscriptions import (
    ChangeWaiting,
    OfferUnfit,
    SubscriptionEnding,
    SubscriptionNotOpen,
    SubscriptionUnknown,
)
from payments.model.gateway import SubscriptionRef
from payments.model.ledger import Book, PersonId
from payments.model.offer import Catalogue, day_of
from payments.model.payment import CAP_WINDOW, RESEARCH_CAP, SubscriptionId, step_up_level
from payments.model.sale import sold_within
from payments.model.subscription import (
    RENEWED,
    Subscription,
    Terms,
    changes_at_once,
    next_charge,
    terms_of,
)
from payments.ports.gateway import SubscriptionGateway
from payments.ports.payments import Payments, Profiles
from payments.ports.subscriptions import Subscriptions
from payments.service.subscriptions.beginning import Pricing
from payments.service.subscriptions.looking import Looking

Confirm = Callable[[int], None]
"""Demands a second factor of that level of the caller."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a change means, in paise with tax: ``due_now`` is charged at once, ``credit`` is left over.

    It begins ``at``, which is now where ``at_once``; then ``next_charge`` comes at ``next_charge_at``.
    """

    terms: Terms
    at: datetime
    due_now: int
    credit: int
    next_charge: int
    next_charge_at: datetime
    at_once: bool


@dataclass(frozen=True, slots=True)
class Changing:
    """Each command is done once under its key; what the customer gets follows from the reading after it."""

    subscriptions: Subscriptions
    profiles: Profiles
    gateway: SubscriptionGateway
    pricing: Pricing
    looking: Looking
    offers: Catalogue
    payments: Payments
    now: Callable[[], datetime] = clock.now

    def find(self, person: PersonId, subscription: SubscriptionId) -> Subscription:
        """Return a person's subscription; another's is as unknown as none."""
        one = self.subscriptions.find(subscription)
        if one is None or one.person != person:
            raise SubscriptionUnknown
        return one

    def quote(self, person: PersonId, subscription: SubscriptionId, sku: str) -> Quote:
        """Return what a change to ``sku`` would cost now, as the gateway reckons it, to the second."""
        one, wanted = self._open(person, subscription, sku)
        return self._quote(one, wanted)

    def _quote(self, one: Subscription, wanted: Terms) -> Quote:
        assert one.period is not None, "an open subscription has a period"
        end = one.period.end
        if not changes_at_once(one, wanted):
            return Quote(wanted, end, 0, one.credit, max(0, wanted.price - one.credit), end, at_once=False)
        forecast = self.gateway.preview(_ref(one), self.pricing.price(wanted))
        if forecast is None:
            raise SubscriptionNotOpen
        due, left = max(0, forecast.total.amount), max(0, -forecast.total.amount)
        return Quote(
            wanted, self.now(), due, left, max(0, wanted.price - left), forecast.period_end, at_once=True
        )

    def change(
        self, person: PersonId, subscription: SubscriptionId, sku: str, key: str, confirm: Confirm
    ) -> Subscription:
        """Go on as ``sku``; what charges much asks for a second factor by ``confirm``.

        Raises ``PaymentDeclined`` where it was to be paid and was not: nothing changed then.
        """
        one, wanted = self._open(person, subscription, sku)
        if (one.following or one.terms).name == wanted.name:
            return one
        ref, at_once = _ref(one), changes_at_once(one, wanted)
        if at_once:
            due = self._quote(one, wanted).due_now
            self._demand_cap(one, due)
            confirm(step_up_level(due))
        price = self.pricing.price(wanted)
        self.gateway.change_price(
            ref, price, "anew" if at_once else "none", key=f"{one.id}:change:{wanted.sku}:{key}"
        )
        hit("subscription.changed")
        return self._read_back(one, ref)

    def cancel(self, person: PersonId, subscription: SubscriptionId) -> Subscription:
        """End with the period; at once where that is not paid. What is over, or to end, stays so."""
        one = self.find(person, subscription)
        if one.life in {"ended", "running_out"} or one.ends_at is not None:
            return one
        if one.life not in RENEWED:
            raise SubscriptionNotOpen("it has not begun: leave its page unpaid")
        ref = _ref(one)
        self.gateway.end_subscription(
            ref, at_once=one.life == "past_due", key=f"{one.id}:cancel:{one.version}"
        )
        hit("subscription.cancelled")
        return self._read_back(one, ref)

    def resume(self, person: PersonId, subscription: SubscriptionId) -> Subscription:
        """Take back an end that has not come. Raises ``SubscriptionNotOpen`` when it has."""
        one = self.find(person, subscription)
        if one.life not in RENEWED:
            raise SubscriptionNotOpen("it is over: begin another by POST /checkouts")
        if one.ends_at is None:
            return one
        ref = _ref(one)
        try:
            self.gateway.resume_subscription(ref, key=f"{one.id}:resume:{one.version}")
        except PaymentNotOpen as error:
            raise SubscriptionNotOpen("it is over: begin another by POST /checkouts") from error
        return self._read_back(one, ref)

    def _demand_cap(self, one: Subscription, due: int) -> None:
        """Refuse what would exceed what the law lets one client pay for research services a year."""
        if one.line is Book.RESEARCH and due:
            place = self._place(one.person)
            paid = self.payments.research_paid(one.person, self.now() - CAP_WINDOW)
            if paid + sold_within(due, self.offers.seller, place).net > RESEARCH_CAP:
                raise FeeCapReached

    def _place(self, person: PersonId) -> str:
        profile = self.profiles.find(person)
        return profile.state if profile else self.offers.seller

    def _open(self, person: PersonId, subscription: SubscriptionId, sku: str) -> tuple[Subscription, Terms]:
        """Return a subscription that may become ``sku``, and the terms of that."""
        one = self.find(person, subscription)
        if one.life not in {"trialing", "active"}:
            raise SubscriptionNotOpen(f"it is {one.life}")
        if one.ends_at is not None:
            raise SubscriptionEnding
        offer = self.offers.find(sku, day_of(self.now()))
        if offer is None:
            raise OfferUnknown
        if offer.purpose != "subscription" or offer.line is not one.line:
            raise OfferUnfit
        wanted = terms_of(offer, self.offers.seller, self._place(person))
        if one.following is not None and changes_at_once(one, wanted):
            raise ChangeWaiting
        return one, wanted

    def _read_back(self, one: Subscription, ref: SubscriptionRef) -> Subscription:
        self.looking.look(ref)
        return self.find(one.person, one.id)


def charge_of(one: Subscription) -> tuple[int, datetime] | None:
    """Return the next charge in paise and its time; None where none will come."""
    if one.period is None or one.life not in {"trialing", "active"} or one.ends_at is not None:
        return None
    return next_charge(one), one.period.end


def _ref(one: Subscription) -> SubscriptionRef:
    assert one.ref is not None, "what has begun is known to the gateway"
    return one.ref
