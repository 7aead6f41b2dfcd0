"""Subscriptions of the gateway in memory, renewed by its own clock."""

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kit import ids
from kit.money import Money
from payments.adapters.memory.gateway import Card, MemoryGateway
from payments.errors.gateway import CustomerNeeded, GatewayMisused, PaymentDeclined, PaymentNotOpen
from payments.model.gateway import (
    Checkout,
    CheckoutRef,
    Forecast,
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
    carried: dict[SubscriptionRef, int] = field(default_factory=dict)

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
            start + timedelta(days=order.trial_days) if order.trial_days else _next(start, price, 1),
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
        due = self._due(ref, price.amount)
        declined = due.amount > 0 and self._card(known) != "good"
        renewed = replace(
            known,
            status="past_due" if declined else "active",
            period_start=known.period_end,
            period_end=_next(known.period_end, price, 1),
        )
        self.gateway.subscriptions[ref] = renewed
        self._bill(renewed, due, declined=declined)

    def _card(self, of: GatewaySubscription) -> Card:
        return self.gateway.kept[of.customer][-1][1]

    def _due(self, ref: SubscriptionRef, amount: Money) -> Money:
        """Return what is due of ``amount`` after what was carried over, and carry the rest."""
        total = amount.amount + self.carried.pop(ref, 0)
        self.carried[ref] = min(0, total)
        return Money(max(0, total), amount.currency)

    def _bill(self, of: GatewaySubscription, due: Money, *, declined: bool) -> None:
        payment = None
        none = Money(0, due.currency)
        if due.amount:
            payment = self.gateway.paid(None, of.customer, due, "failed" if declined else "captured")
        ref = InvoiceRef(f"in_{ids.uuid7()}")
        self.gateway.billed[ref] = GatewayInvoice(
            ref,
            of.ref,
            "open" if declined else "paid",
            due,
            none if declined else due,
            of.period_start,
            of.period_end,
            payment,
            of.price,
            f"memory:{ref}",
            None if declined else self.gateway.now(),
            Money(-self.carried.get(of.ref, 0), due.currency),
        )

    def change_price(
        self, ref: SubscriptionRef, price: PriceRef, proration: Proration, *, key: str
    ) -> GatewaySubscription:
        """Go on at another price; only ``anew`` settles anything in memory."""
        del key
        known = self.gateway.subscriptions[ref]
        if known.price == price:
            return known
        changed = replace(known, price=price)
        if proration == "anew" and known.status != "trialing":
            changed = self._anew(known, price)
        self.gateway.subscriptions[ref] = changed
        return changed

    def _anew(self, known: GatewaySubscription, price: PriceRef) -> GatewaySubscription:
        order, now = self.gateway.prices[price], self.gateway.now()
        changed = replace(
            known, price=price, status="active", period_start=now, period_end=_next(now, order, 1)
        )
        total = self._total(known, price)
        if total > 0 and self._card(known) != "good":
            refused = CustomerNeeded if self._card(known) == "asks" else PaymentDeclined
            raise refused(decline="generic_decline")
        self.carried[known.ref] = min(0, total)
        self._bill(changed, Money(max(0, total), order.amount.currency), declined=False)
        return changed

    def _total(self, known: GatewaySubscription, price: PriceRef) -> int:
        old, whole = self.gateway.prices[known.price].amount, known.period_end - known.period_start
        left = (known.period_end - self.gateway.now()) / whole
        carried = self.carried.get(known.ref, 0)
        return self.gateway.prices[price].amount.amount + carried - round(old.amount * left)

    def preview(self, ref: SubscriptionRef, price: PriceRef | None = None) -> Forecast | None:
        """Reckon without changing anything."""
        known = self.gateway.subscriptions[ref]
        if price is not None:
            order, now = self.gateway.prices[price], self.gateway.now()
            return Forecast(
                Money(self._total(known, price), order.amount.currency), now, _next(now, order, 1)
            )
        if known.ends is not None or known.status == "ended":
            return None
        order = self.gateway.prices[known.price]
        total = Money(order.amount.amount + self.carried.get(ref, 0), order.amount.currency)
        return Forecast(total, known.period_end, _next(known.period_end, order, 1))

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
        if self._card(of) != "good":
            refused = CustomerNeeded if self._card(of) == "asks" else PaymentDeclined
            raise refused(decline="generic_decline", ref=known.payment or "")
        return self.settle(ref)

    def settle(self, ref: InvoiceRef) -> GatewayInvoice:
        """Pay an open invoice: by a card, or by the customer's hand on its page."""
        known = self.gateway.billed[ref]
        of = self.gateway.subscriptions[known.subscription]
        payment = self.gateway.paid(None, of.customer, known.due, "captured")
        self.gateway.billed[ref] = replace(
            known, status="paid", paid=known.due, payment=payment, paid_at=self.gateway.now()
        )
        owed = any(one.status == "open" for one in self.gateway.billed.values() if one.subscription == of.ref)
        if of.status == "past_due" and not owed:
            self.gateway.subscriptions[of.ref] = replace(of, status="active")
        return self.gateway.billed[ref]


def _next(start: datetime, price: PriceOrder, count: int) -> datetime:
    """Return the end of a period that begins at ``start``."""
    months = start.month - 1 + count * (12 if price.interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
