"""Subscriptions of the gateway in memory, renewed by its own clock."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import datetime

from kit import ids
from kit.money import Money
from payments.adapters.memory.gateway import Card, MemoryGateway
from payments.errors.gateway import GatewayMisused, PaymentDeclined, PaymentNotOpen
from payments.model.gateway import (
    Checkout,
    CheckoutRef,
    GatewayInvoice,
    GatewaySubscription,
    InvoiceRef,
    PriceOrder,
    PriceRef,
    Proration,
    SubscriptionOrder,
    SubscriptionRef,
)


@dataclass
class MemorySubscriptions:
    """``SubscriptionGateway`` over a :class:`MemoryGateway`. :meth:`subscribe` is what a person does."""

    gateway: MemoryGateway

    def price(self, order: PriceOrder, *, key: str) -> PriceRef:
        """Return the price of that name."""
        del key
        ref = PriceRef(f"price_{order.name}")
        if self.gateway.prices.setdefault(ref, order).amount != order.amount:
            raise GatewayMisused(f"The price {order.name} exists and costs something else")
        return ref

    def open_subscription(self, order: SubscriptionOrder, *, key: str) -> Checkout:
        """Open a page."""
        return self.gateway.once(key, order, lambda: self.gateway.opened(order, order.subscription_id))

    def subscribe(self, ref: CheckoutRef, card: Card = "good") -> None:
        """Begin on the page; a trial costs nothing yet."""
        page, order = self.gateway.checkouts[ref], self.gateway.orders[ref]
        assert isinstance(order, SubscriptionOrder), "a page of a subscription"
        if card == "declined":
            return
        price = self.gateway.prices[order.price]
        start = self.gateway.now()
        made = GatewaySubscription(
            SubscriptionRef(f"sub_{ids.uuid7()}"),
            "trialing" if order.trial_days else "active",
            order.customer,
            order.price,
            start,
            _next(start, price, 1),
            order.subscription_id,
        )
        self.gateway.keep(order.customer, card)
        self.gateway.subscriptions[made.ref] = made
        due = Money(0, price.amount.currency) if order.trial_days else price.amount
        self._bill(made, due, declined=False)
        self.gateway.checkouts[ref] = replace(page, status="complete", address=None, subscription=made.ref)

    def renew(self, ref: SubscriptionRef) -> None:
        """Go over the end of the period."""
        known = self.gateway.subscriptions[ref]
        if known.ends is not None:
            self.gateway.subscriptions[ref] = replace(known, status="ended")
            return
        price = self.gateway.prices[known.price]
        declined = self.gateway.kept[known.customer][-1][1] != "good"
        renewed = replace(
            known,
            status="past_due" if declined else "active",
            period_start=known.period_end,
            period_end=_next(known.period_end, price, 1),
        )
        self.gateway.subscriptions[ref] = renewed
        self._bill(renewed, price.amount, declined=declined)

    def _bill(self, of: GatewaySubscription, due: Money, *, declined: bool) -> None:
        payment = None
        none = Money(0, due.currency)
        if due.amount:
            payment = self.gateway.paid(None, of.customer, due, "failed" if declined else "captured")
        ref = InvoiceRef(f"in_{ids.uuid7()}")
        status, paid = ("open", none) if declined else ("paid", due)
        self.gateway.billed[ref] = GatewayInvoice(
            ref,
            of.ref,
            "open" if status == "open" else "paid",
            due,
            paid,
            of.period_start,
            of.period_end,
            payment,
        )

    def change_price(
        self, ref: SubscriptionRef, price: PriceRef, proration: Proration, *, key: str
    ) -> GatewaySubscription:
        """Go on at another price; nothing is prorated in memory."""
        del proration, key
        self.gateway.subscriptions[ref] = replace(self.gateway.subscriptions[ref], price=price)
        return self.gateway.subscriptions[ref]

    def end_subscription(self, ref: SubscriptionRef, *, at_once: bool, key: str) -> GatewaySubscription:
        """End now or with the period."""
        del key
        known = self.gateway.subscriptions[ref]
        if known.status != "ended":
            ended = replace(known, status="ended", ends=self.gateway.now())
            self.gateway.subscriptions[ref] = ended if at_once else replace(known, ends=known.period_end)
        return self.gateway.subscriptions[ref]

    def resume_subscription(self, ref: SubscriptionRef, *, key: str) -> GatewaySubscription:
        """Take back an end."""
        del key
        known = self.gateway.subscriptions[ref]
        if known.status == "ended":
            raise PaymentNotOpen
        self.gateway.subscriptions[ref] = replace(known, ends=None)
        return self.gateway.subscriptions[ref]

    def pay_invoice(self, ref: InvoiceRef, *, key: str) -> GatewayInvoice:
        """Try an open invoice again with the newest card."""
        del key
        known = self.gateway.billed[ref]
        of = self.gateway.subscriptions[known.subscription]
        if known.status == "paid":
            return known
        if self.gateway.kept[of.customer][-1][1] != "good":
            raise PaymentDeclined(decline="generic_decline", ref=known.payment or "")
        payment = self.gateway.paid(None, of.customer, known.due, "captured")
        self.gateway.billed[ref] = replace(known, status="paid", paid=known.due, payment=payment)
        self.gateway.subscriptions[of.ref] = replace(of, status="active")
        return self.gateway.billed[ref]


def _next(start: datetime, price: PriceOrder, count: int) -> datetime:
    """Return the end of a period that begins at ``start``."""
    months = start.month - 1 + count * (12 if price.interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
