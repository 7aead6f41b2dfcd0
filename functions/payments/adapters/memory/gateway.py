"""A payment gateway in memory: the same promises as the real one, a customer's hand included."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from kit import clock, ids
from kit.money import Money
from payments.errors.gateway import (
    CustomerNeeded,
    GatewayMisused,
    PaymentDeclined,
    PaymentNotOpen,
    RefundRefused,
)
from payments.model.dispute import DisputeRef, GatewayDispute
from payments.model.gateway import (
    ChargeOrder,
    Checkout,
    CheckoutOrder,
    CheckoutRef,
    CustomerRef,
    GatewayInvoice,
    GatewayPayment,
    GatewayRefund,
    GatewaySubscription,
    InvoiceRef,
    PaymentRef,
    PaymentStatus,
    PriceOrder,
    PriceRef,
    RefundOrder,
    RefundRef,
    SubscriptionOrder,
    SubscriptionRef,
)

Card = Literal["good", "declined", "asks", "fails_later"]
_FEE_OF_10_000 = 236
"""2 % and 18 % GST on them, as the emulator of Stripe takes."""
T = TypeVar("T")


@dataclass
class MemoryGateway:
    """``PaymentGateway`` and ``GatewayReader``. :meth:`pay` is what a person does on the hosted page."""

    now: Callable[[], datetime] = clock.now
    customers: dict[str, CustomerRef] = field(default_factory=dict)
    kept: dict[CustomerRef, list[tuple[str, Card]]] = field(default_factory=dict)
    checkouts: dict[CheckoutRef, Checkout] = field(default_factory=dict)
    orders: dict[CheckoutRef, CheckoutOrder | SubscriptionOrder] = field(default_factory=dict)
    payments: dict[PaymentRef, GatewayPayment] = field(default_factory=dict)
    refunded: dict[RefundRef, GatewayRefund] = field(default_factory=dict)
    disputed: dict[DisputeRef, GatewayDispute] = field(default_factory=dict)
    subscriptions: dict[SubscriptionRef, GatewaySubscription] = field(default_factory=dict)
    billed: dict[InvoiceRef, GatewayInvoice] = field(default_factory=dict)
    prices: dict[PriceRef, PriceOrder] = field(default_factory=dict)
    _asked: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)

    def once(self, key: str, order: Hashable, act: Callable[[], T]) -> T:
        """Do ``act`` once for ``key``; another order under it is our defect."""
        if key not in self._asked:
            self._asked[key] = (order, act())
        known, answer = self._asked[key]
        if known != order:
            raise GatewayMisused("This key was used for another order")
        found: T = answer
        return found

    # ---- PaymentGateway ----

    def customer(self, user: str, email: str, *, key: str) -> CustomerRef:
        """Return the customer of a user."""
        del key, email
        return self.customers.setdefault(user, CustomerRef(f"cus_{ids.uuid7()}"))

    def open_checkout(self, order: CheckoutOrder, *, key: str) -> Checkout:
        """Open a page."""
        return self.once(key, order, lambda: self.opened(order, order.payment_id))

    def opened(self, order: CheckoutOrder | SubscriptionOrder, reference: str) -> Checkout:
        """Keep a new page."""
        ref = CheckoutRef(f"cs_{ids.uuid7()}")
        page = Checkout(ref, "open", reference, f"memory:{ref}", self.now() + timedelta(days=1))
        self.checkouts[ref], self.orders[ref] = page, order
        return page

    def expire_checkout(self, ref: CheckoutRef, *, key: str) -> Checkout:
        """Close a page."""
        del key
        page = self.checkouts.get(ref)
        if page is None or page.status == "complete":
            raise PaymentNotOpen
        self.checkouts[ref] = replace(page, status="expired", address=None)
        return self.checkouts[ref]

    def charge(self, order: ChargeOrder, *, key: str) -> GatewayPayment:
        """Charge a kept card; what was declined stays declined under the same key."""
        ref = self.once(key, order, lambda: self._charged(order))
        found = self.payments[ref]
        if found.status == "failed":
            kind = CustomerNeeded if found.decline == "authentication_required" else PaymentDeclined
            raise kind(decline=found.decline or "", ref=ref)
        return found

    def _charged(self, order: ChargeOrder) -> PaymentRef:
        card = next(kind for name, kind in self.kept[order.customer] if name == order.card)
        declines: dict[Card, str] = {
            "declined": "generic_decline",
            "fails_later": "generic_decline",
            "asks": "authentication_required",
        }
        status: PaymentStatus = "failed" if card in declines else "captured"
        return self.paid(order.payment_id, order.customer, order.amount, status, declines.get(card))

    def paid(
        self,
        payment_id: str | None,
        customer: CustomerRef,
        amount: Money,
        status: PaymentStatus,
        decline: str | None = None,
    ) -> PaymentRef:
        """Keep a new payment in ``status``."""
        ref = PaymentRef(f"pi_{ids.uuid7()}")
        none = Money(0, amount.currency)
        taken = amount if status == "captured" else none
        self.payments[ref] = GatewayPayment(
            ref, status, amount, taken, none, payment_id, customer, decline=decline, fee=_fee(taken)
        )
        return ref

    def cards(self, customer: CustomerRef) -> tuple[str, ...]:
        """Return the kept cards, newest first."""
        return tuple(name for name, _ in reversed(self.kept.get(customer, [])))

    def capture(self, ref: PaymentRef, *, key: str) -> GatewayPayment:
        """Take what is authorised."""
        del key
        known = self.payments[ref]
        if known.status not in {"authorized", "captured"}:
            raise PaymentNotOpen
        self.payments[ref] = replace(known, status="captured", captured=known.amount, fee=_fee(known.amount))
        return self.payments[ref]

    def cancel(self, ref: PaymentRef, *, key: str) -> GatewayPayment:
        """Release what is not captured."""
        del key
        known = self.payments[ref]
        if known.status == "captured":
            raise PaymentNotOpen
        self.payments[ref] = replace(known, status="cancelled")
        return self.payments[ref]

    def refund(self, order: RefundOrder, *, key: str) -> GatewayRefund:
        """Give back at most what was taken."""
        return self.once(key, order, lambda: self._refunded(order))

    def _refunded(self, order: RefundOrder) -> GatewayRefund:
        known = self.payments.get(order.payment)
        if known is None or known.refunded + order.amount > known.captured:
            raise RefundRefused
        ref = RefundRef(f"re_{ids.uuid7()}")
        self.refunded[ref] = GatewayRefund(ref, order.payment, order.amount, "succeeded", order.refund_id)
        self.payments[order.payment] = replace(known, refunded=known.refunded + order.amount)
        return self.refunded[ref]

    # ---- GatewayReader ----

    def payment(self, ref: PaymentRef) -> GatewayPayment | None:
        """Return a payment."""
        return self.payments.get(ref)

    def refunds(self, ref: PaymentRef) -> tuple[GatewayRefund, ...]:
        """Return its refunds, newest first."""
        return tuple(each for each in reversed(self.refunded.values()) if each.payment == ref)

    def disputes(self, ref: PaymentRef) -> tuple[GatewayDispute, ...]:
        """Return its disputes, newest first."""
        return tuple(each for each in reversed(self.disputed.values()) if each.payment == ref)

    def checkout(self, ref: CheckoutRef) -> Checkout | None:
        """Return a page."""
        return self.checkouts.get(ref)

    def subscription(self, ref: SubscriptionRef) -> GatewaySubscription | None:
        """Return a subscription."""
        return self.subscriptions.get(ref)

    def invoices(self, ref: SubscriptionRef) -> tuple[GatewayInvoice, ...]:
        """Return its invoices, newest first."""
        return tuple(each for each in reversed(self.billed.values()) if each.subscription == ref)

    # ---- the customer ----

    def pay(self, ref: CheckoutRef, card: Card = "good") -> None:
        """Pay on the page of one payment; a decline leaves it open with a failed payment."""
        page, order = self.checkouts[ref], self.orders[ref]
        assert isinstance(order, CheckoutOrder), "a page of one payment"
        failed = card == "declined"
        status: PaymentStatus = "failed" if failed else ("authorized" if order.hold else "captured")
        decline = "generic_decline" if failed else None
        paid = self.paid(order.payment_id, order.customer, order.amount, status, decline)
        if failed:
            self.checkouts[ref] = replace(page, payment=paid)
            return
        self.checkouts[ref] = replace(page, status="complete", address=None, payment=paid)
        if order.keep_card:
            self.keep(order.customer, card)

    def keep(self, customer: CustomerRef, card: Card) -> None:
        """Keep a card of a customer."""
        self.kept.setdefault(customer, []).append((f"pm_{ids.uuid7()}", card))


def _fee(taken: Money) -> Money | None:
    return Money((taken.amount * _FEE_OF_10_000 + 5_000) // 10_000, taken.currency) if taken.amount else None
