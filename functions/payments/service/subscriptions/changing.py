"""Change, cancel and resume: ordered of the gateway, then read back as after any webhook."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock
from kit.errors import Rejected, Retryable
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
from payments.model.limit import charges, coming, year_of
from payments.model.offer import Catalogue, day_of
from payments.model.payment import CAP_WINDOW, RESEARCH_CAP, SubscriptionId, step_up_level
from payments.model.sale import sold_within
from payments.model.subscription import (
    RENEWED,
    Ordered,
    Subscription,
    Terms,
    changes_at_once,
    next_charge,
    terms_of,
)
from payments.ports.gateway import SubscriptionGateway
from payments.ports.payments import Payments, Profiles, Together
from payments.ports.subscriptions import Subscriptions
from payments.service.limiting import Limiting
from payments.service.subscriptions.beginning import Pricing
from payments.service.subscriptions.looking import Looking

Confirm = Callable[[int], None]
"""Demands a second factor of that level of the caller."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a change means, in paise with tax: ``due_now`` is charged at once, ``credit`` is left over.

    It begins ``at``, which is now where ``at_once``; then ``next_charge`` comes at ``next_charge_at``.
    ``weight`` is what it charges before the financial year is over, ``limit_left`` how much that may be by
    the KYC tier, None: any amount. What charges no more than before may always be.
    """

    terms: Terms
    at: datetime
    due_now: int
    credit: int
    next_charge: int
    next_charge_at: datetime
    at_once: bool
    weight: int = 0
    limit_left: int | None = None

    @property
    def within_limit(self) -> bool:
        """Whether the limit of the KYC tier allows it."""
        return self.limit_left is None or self.weight <= self.limit_left


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
    limiting: Limiting
    together: Together
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
        quote, now = self._quote(one, wanted), self.now()
        left = self.limiting.room(person).left_for(one.line)
        return replace(quote, limit_left=None if left is None else max(left, coming(one, now)))

    def _quote(self, one: Subscription, wanted: Terms) -> Quote:
        quote = self._priced(one, wanted)
        count = charges(quote.next_charge_at, wanted.interval, year_of(self.now()).end)
        return replace(quote, weight=quote.due_now + max(0, count * wanted.price - quote.credit))

    def _priced(self, one: Subscription, wanted: Terms) -> Quote:
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

        Raises ``PaymentDeclined`` where it was to be paid and was not, ``FeeCapReached`` and ``TierTooLow``
        where it may not be: nothing changed then.
        """
        one, wanted = self._open(person, subscription, sku)
        if (one.following or one.terms).name == wanted.name:
            return one
        ref, quote = _ref(one), self._quote(one, wanted)
        if quote.at_once:
            self._demand_cap(one, quote.due_now)
            confirm(step_up_level(quote.due_now))
        price = self.pricing.price(wanted)
        held = self._reserve(one, wanted.name, quote.weight)
        try:
            self.gateway.change_price(
                ref, price, "anew" if quote.at_once else "none", key=f"{one.id}:change:{wanted.sku}:{key}"
            )
        except Rejected:
            self._release(held, wanted.name)
            raise
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
        """Take back an end that has not come.

        Raises ``SubscriptionNotOpen`` when it has, and ``TierTooLow`` where its charges no longer fit.
        """
        one = self.find(person, subscription)
        if one.life not in RENEWED:
            raise SubscriptionNotOpen("it is over: begin another by POST /checkouts")
        if one.ends_at is None:
            return one
        ref, name = _ref(one), (one.following or one.terms).name
        held = self._reserve(one, name, coming(replace(one, ends_at=None), self.now()))
        try:
            self.gateway.resume_subscription(ref, key=f"{one.id}:resume:{one.version}")
        except PaymentNotOpen as error:
            self._release(held, name)
            raise SubscriptionNotOpen("it is over: begin another by POST /checkouts") from error
        return self._read_back(one, ref)

    def _reserve(self, one: Subscription, name: str, weight: int) -> Subscription:
        """Keep that ``one`` is to go on as ``name``, where that charges more than before.

        The gateway's word comes later: until it is read back, what is bought beside it finds its room taken.
        """
        if weight <= coming(one, self.now()):
            return one
        with self.together():
            self.limiting.take_turn(one.person, one.line)
            self.limiting.demand(one.person, one.line, weight)
            held = replace(one, ordered=Ordered(name, weight), version=one.version + 1)
            if not self.subscriptions.put(held, one.version):
                raise Retryable("The subscription is being changed by others: try again")
        return held

    def _release(self, held: Subscription, name: str) -> None:
        """Give back the room of what the gateway refused, not that of another order without an answer.

        Whoever changed the subscription meanwhile has read it back.
        """
        if held.ordered is not None and held.ordered.name == name:
            self.subscriptions.put(replace(held, ordered=None, version=held.version + 1), held.version)

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
