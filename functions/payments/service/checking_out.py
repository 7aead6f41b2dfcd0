"""From a choice to the hosted page: ours is kept first, then the page opened, then its address kept.

The id follows from the person and their idempotency key, and every step is done again without harm: so a
retry after any crash resumes, and a twin gets the same page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kit import clock, failpoint
from kit.errors import Retryable
from kit.idempotency import InProgress, KeyReused
from kit.money import Money
from payments.errors.gateway import GatewayAtWork, PaymentNotOpen
from payments.errors.orders import ProfileMissing
from payments.errors.subscriptions import KeyMeantAnother
from payments.model.gateway import Checkout, CheckoutOrder
from payments.model.ledger import PersonId
from payments.model.offer import Purpose
from payments.model.payment import CURRENCY, Payment
from payments.model.profile import Profile
from payments.model.quote import Order, Quote, payment_id
from payments.model.subscription import Subscription, subscription_id
from payments.ports.due import DueRows
from payments.ports.gateway import PaymentGateway
from payments.ports.payments import Payments, Profiles, Together
from payments.service import facts
from payments.service.customers import Customers
from payments.service.limiting import Limiting
from payments.service.quoting import Quoting
from payments.service.subscriptions.beginning import Subscribing

PAGE_LIFE: Final = timedelta(days=1)
"""How long a gateway keeps a page open; what has none by then is given up."""
Confirm = Callable[[int], None]
"""Demands a second factor of that level, or raises."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was begun: ``id`` of payment or subscription, ``price`` in paise, ``address`` of its open page.

    ``resumed``: this key had begun it before.
    """

    id: str
    purpose: Purpose
    sku: str
    status: str
    price: int
    address: str | None
    expires_at: datetime | None
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Payments, and the gateway's pages for them. ``home`` is where a page leads back to."""

    payments: Payments
    due: DueRows
    together: Together
    gateway: PaymentGateway
    customers: Customers
    limiting: Limiting
    home: str
    now: Callable[[], datetime] = clock.now

    def keep(self, person: PersonId, key: str, quote: Quote) -> Payment:
        """Keep what was chosen before the gateway hears of it, and when to give it up.

        Raises ``TierTooLow``.
        """
        now = self.now()
        made = Payment(
            id=payment_id(person, key),
            person=person,
            purpose=quote.purpose,
            sku=quote.sku,
            line=quote.line,
            sale=quote.sale,
            state=quote.state,
            source="gateway",
            status="opened",
            opened_at=now,
            expires_at=now + PAGE_LIFE,
        )
        kept = self._keep(made, quote.weight)
        failpoint.hit("checkout.kept")
        return made if kept else self._known(made)

    def _keep(self, made: Payment, weight: int) -> bool:
        """Keep ``made``; False when a twin was faster, whose page counts already."""
        with self.together():
            self.limiting.take_turn(made.person, made.line)
            if self.payments.find(made.id) is not None:
                return False
            self.limiting.demand(made.person, made.line, weight)
            kept = self.payments.put(made, 0, (facts.opened(made),))
            if kept:
                self.due.plan("payment.lapse", made.id, made.opened_at + PAGE_LIFE)
        return kept

    def with_page(self, one: Payment, title: str, profile: Profile) -> Payment:
        """Return ``one`` with its page. Raises ``InProgress`` for a twin, and what the gateway raises."""
        if one.status != "opened" or one.checkout is not None:
            return one
        order = CheckoutOrder(
            one.id,
            self.customers.of(profile),
            Money(one.sale.gross, CURRENCY),
            title,
            f"{self.home}/payments/{one.id}?paid=1",
            f"{self.home}/payments/{one.id}",
        )
        try:
            page = self.gateway.open_checkout(order, key=f"checkout:{one.id}")
        except GatewayAtWork as error:
            known = self._known(one)
            if known.checkout is None:
                raise InProgress from error
            return known
        failpoint.hit("checkout.paged")
        return self._stored(one, page)

    def _stored(self, one: Payment, page: Checkout) -> Payment:
        paged = replace(
            one,
            checkout=page.ref,
            address=page.address,
            expires_at=page.expires_at,
            version=one.version + 1,
        )
        with self.together():
            stored = self.payments.put(paged, one.version)
            if stored:
                self.due.plan("payment.lapse", one.id, page.expires_at)
        failpoint.hit("checkout.stored")
        if stored:
            return paged
        known = self._known(one)
        if known.checkout is None:  # given up meanwhile: nobody may pay on a page that nobody knows
            self._close(page)
        return known

    def _close(self, page: Checkout) -> None:
        try:
            self.gateway.expire_checkout(page.ref, key=f"close:{page.ref}")
        except PaymentNotOpen:
            return  # paid already: its webhook brings what it needs

    def _known(self, one: Payment) -> Payment:
        known = self.payments.find(one.id)
        if known is None:
            raise Retryable("The payment is being changed by others: try again")
        return known


@dataclass(frozen=True, slots=True)
class CheckingOut:
    """Opens pages; whoever asks again under the same key gets what that key began."""

    quoting: Quoting
    profiles: Profiles
    paging: Paging
    subscribing: Subscribing

    def open(self, person: PersonId, order: Order, key: str, confirm: Confirm) -> Opened:
        """Return the page on which ``order`` is paid.

        Raises ``KeyReused``, ``InProgress``, ``ProfileMissing``, what :class:`Quoting` and ``confirm``
        refuse, and what the gateway raises: then the same key goes on.
        """
        known = self.paging.payments.find(payment_id(person, key))
        begun = self.subscribing.subscriptions.find(subscription_id(person, key))
        profile = self.profiles.find(person)
        if profile is None:
            raise ProfileMissing
        if known is not None:
            return self._resumed(known, order, profile)
        quote = self.quoting.quote(person, order)
        if begun is None:
            self.quoting.demand(person, quote)
            if quote.step_up:
                confirm(quote.step_up)
        elif quote.sku != begun.terms.sku:
            raise KeyReused
        if quote.purpose == "subscription":
            return self._subscribed(quote, profile, key, resumed=begun is not None)
        kept = self.paging.keep(person, key, quote)
        if not _means(order, kept):
            raise KeyReused  # a twin under this key was faster, and wanted something else
        return self._paged(kept, profile)

    def _paged(self, one: Payment, profile: Profile) -> Opened:
        return _of_payment(self.paging.with_page(one, self.quoting.title(one), profile))

    def _resumed(self, known: Payment, order: Order, profile: Profile) -> Opened:
        if not _means(order, known):
            raise KeyReused
        return replace(self._paged(known, profile), resumed=True)

    def _subscribed(self, quote: Quote, profile: Profile, key: str, *, resumed: bool) -> Opened:
        assert quote.offer is not None, "a subscription is an offer"
        try:
            begun = self.subscribing.begin(profile.person, quote.offer, profile, key)
        except KeyMeantAnother as error:
            raise KeyReused from error
        return replace(_of_subscription(begun), resumed=resumed)


def _means(order: Order, known: Payment) -> bool:
    """Whether ``known`` is what ``order`` asks for: an amount for the wallet, or the sku at any price."""
    if order.sku is None:
        return known.purpose == "top_up" and known.sale.gross == order.top_up
    return known.sku == order.sku


def _of_payment(one: Payment) -> Opened:
    address = one.address if one.status == "opened" else None
    return Opened(one.id, one.purpose, one.sku, one.status, one.sale.gross, address, one.expires_at)


def _of_subscription(one: Subscription) -> Opened:
    address = one.address if one.life == "pending" else None
    return Opened(one.id, "subscription", one.terms.sku, one.life, one.terms.price, address, one.page_until)
