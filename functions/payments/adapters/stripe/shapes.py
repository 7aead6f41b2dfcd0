"""Stripe's objects as ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import stripe

from kit.money import Money
from payments.model.gateway import (
    Checkout,
    CheckoutRef,
    CheckoutStatus,
    CustomerRef,
    Forecast,
    GatewayInvoice,
    GatewayPayment,
    GatewayRefund,
    GatewaySubscription,
    InvoiceRef,
    InvoiceStatus,
    PaymentRef,
    PaymentStatus,
    PriceRef,
    RefundRef,
    RefundStatus,
    SubscriptionRef,
    SubscriptionStatus,
)

OURS: Final = "treum_id"
"""The name in an object's metadata under which our own id stands."""

_PAYMENTS: Final[Mapping[str, PaymentStatus]] = {
    "requires_payment_method": "pending",
    "requires_confirmation": "pending",
    "processing": "pending",
    "requires_action": "needs_customer",
    "requires_capture": "authorized",
    "succeeded": "captured",
    "canceled": "cancelled",
}
_REFUNDS: Final[Mapping[str, RefundStatus]] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
_SUBSCRIPTIONS: Final[Mapping[str, SubscriptionStatus]] = {
    "incomplete": "incomplete",
    "trialing": "trialing",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "past_due",
    "paused": "past_due",
    "canceled": "ended",
    "incomplete_expired": "ended",
}
_CHECKOUTS: Final[Mapping[str, CheckoutStatus]] = {
    "open": "open",
    "complete": "complete",
    "expired": "expired",
}
_INVOICES: Final[Mapping[str, InvoiceStatus]] = {
    "draft": "draft",
    "open": "open",
    "paid": "paid",
    "void": "void",
    "uncollectible": "open",
}


def ref(value: Any) -> str | None:
    """Return the id of what is named or expanded."""
    return value if value is None or isinstance(value, str) else str(value.id)


def money(amount: int | None, currency: str) -> Money:
    """Return an amount of Stripe's: minor units already."""
    return Money(amount or 0, currency.upper())


def at(seconds: int) -> datetime:
    """Return an instant of Stripe's."""
    return datetime.fromtimestamp(seconds, UTC)


def optional(of: Any, name: str) -> Any:
    """Return a member that Stripe leaves out where it has no value: the package raises for those."""
    return getattr(of, name, None)


def decline_of(error: Any) -> str:
    """Return why a card was not charged: the bank's reason, else Stripe's code."""
    return optional(error, "decline_code") or optional(error, "code") or ""


def ours(of: Any) -> str | None:
    """Return our id in an object's metadata."""
    metadata = of.metadata
    found = metadata[OURS] if metadata and OURS in metadata else None
    return str(found) if found else None


def checkout(session: stripe.checkout.Session) -> Checkout:
    """Return a session."""
    payment, subscription = ref(session.payment_intent), ref(session.subscription)
    return Checkout(
        ref=CheckoutRef(session.id),
        status=_CHECKOUTS[session.status or "open"],
        reference=session.client_reference_id or "",
        address=session.url,
        expires_at=at(session.expires_at),
        payment=PaymentRef(payment) if payment else None,
        subscription=SubscriptionRef(subscription) if subscription else None,
    )


def payment(intent: stripe.PaymentIntent) -> GatewayPayment:
    """Return an intent whose ``latest_charge`` is expanded, with its fee where that one's entry is too."""
    charge = intent.latest_charge
    taken = charge if isinstance(charge, stripe.Charge) and charge.captured else None
    released = taken.amount - taken.amount_captured if taken else 0
    error = intent.last_payment_error
    status = _PAYMENTS[intent.status]
    customer = ref(intent.customer)
    return GatewayPayment(
        ref=PaymentRef(intent.id),
        status="failed" if status == "pending" and error else status,
        amount=money(intent.amount, intent.currency),
        captured=money(taken.amount_captured if taken else 0, intent.currency),
        refunded=money(max(0, taken.amount_refunded - released) if taken else 0, intent.currency),
        payment_id=ours(intent),
        customer=CustomerRef(customer) if customer else None,
        decline=decline_of(error) if error and status == "pending" else None,
        disputed=bool(taken and taken.disputed),
        fee=_fee(taken),
    )


def _fee(taken: stripe.Charge | None) -> Money | None:
    """Return the fee in a charge's entry of our balance, which may come after the charge itself."""
    entry = taken.balance_transaction if taken else None
    return money(entry.fee, entry.currency) if isinstance(entry, stripe.BalanceTransaction) else None


def refund(found: stripe.Refund) -> GatewayRefund:
    """Return a refund."""
    return GatewayRefund(
        ref=RefundRef(found.id),
        payment=PaymentRef(ref(found.payment_intent) or ""),
        amount=money(found.amount, found.currency),
        status=_REFUNDS.get(found.status or "", "pending"),
        refund_id=ours(found),
    )


def subscription(found: stripe.Subscription) -> GatewaySubscription:
    """Return a subscription; ours have one item."""
    item = found["items"].data[0]
    ends = found.ended_at or found.cancel_at
    if ends is None and found.cancel_at_period_end:
        ends = item.current_period_end
    return GatewaySubscription(
        ref=SubscriptionRef(found.id),
        status=_SUBSCRIPTIONS[found.status],
        customer=CustomerRef(ref(found.customer) or ""),
        price=PriceRef(item.price.id),
        period_start=at(item.current_period_start),
        period_end=at(item.current_period_end),
        subscription_id=ours(found),
        ends=at(ends) if ends else None,
    )


def invoice(found: stripe.Invoice, of: SubscriptionRef) -> GatewayInvoice:
    """Return an invoice of subscription ``of`` whose ``payments`` are included."""
    payments = optional(found, "payments")
    entries = payments.data if payments else []
    paid_by = next(
        (ref(optional(each.payment, "payment_intent")) for each in entries if each.is_default), None
    )
    line = _line(found)
    moments = optional(found, "status_transitions")
    paid_at = moments.paid_at if moments else None
    return GatewayInvoice(
        ref=InvoiceRef(str(found.id)),
        subscription=of,
        status=_INVOICES[found.status or "draft"],
        due=money(found.amount_due, found.currency),
        paid=money(found.amount_paid, found.currency),
        period_start=at(line.period.start if line else found.period_start),
        period_end=at(line.period.end if line else found.period_end),
        payment=PaymentRef(paid_by) if paid_by else None,
        price=_price(line),
        address=optional(found, "hosted_invoice_url"),
        paid_at=at(paid_at) if paid_at else None,
        credit=money(max(0, -(optional(found, "ending_balance") or 0)), found.currency),
    )


def forecast(found: stripe.Invoice) -> Forecast:
    """Return a preview; a balance carried from before counts into what it comes to."""
    line = _line(found)
    carried = optional(found, "starting_balance") or 0
    return Forecast(
        total=money(found.total + carried, found.currency),
        period_start=at(line.period.start if line else found.period_start),
        period_end=at(line.period.end if line else found.period_end),
    )


def _line(found: stripe.Invoice) -> stripe.InvoiceLineItem | None:
    """Return the line of the period an invoice is for: what is taken off or settled ends no later."""
    return max(found.lines.data, key=lambda each: (each.period.end, each.amount), default=None)


def _price(line: stripe.InvoiceLineItem | None) -> PriceRef | None:
    pricing = line.pricing if line else None
    details = optional(pricing, "price_details") if pricing else None
    price = ref(details.price) if details else None
    return PriceRef(price) if price else None
