"""What is ordered of a payment gateway and what it answers, in our words. No gateway's own names stand here.

A payment may be captured at once or authorised first and captured later; an authorisation may also come late,
after we stopped waiting (Razorpay's semantics), which ``capture`` and ``cancel`` of the port settle.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from kit.money import Money

CustomerRef = NewType("CustomerRef", str)
CheckoutRef = NewType("CheckoutRef", str)
PaymentRef = NewType("PaymentRef", str)
RefundRef = NewType("RefundRef", str)
SubscriptionRef = NewType("SubscriptionRef", str)
InvoiceRef = NewType("InvoiceRef", str)
PriceRef = NewType("PriceRef", str)

PaymentStatus = Literal["pending", "needs_customer", "authorized", "captured", "failed", "cancelled"]
CheckoutStatus = Literal["open", "complete", "expired"]
RefundStatus = Literal["pending", "succeeded", "failed"]
SubscriptionStatus = Literal["incomplete", "trialing", "active", "past_due", "ended"]
InvoiceStatus = Literal["draft", "open", "paid", "void"]
Interval = Literal["month", "year"]
Proration = Literal["at_once", "next_invoice", "none", "anew"]
"""What the period still holds is billed now, with the next invoice, or never; ``anew``: it is taken off the
price of a period that begins now, and where that is not paid nothing changes."""


@dataclass(frozen=True, slots=True)
class CheckoutOrder:
    """A hosted page for one payment. ``payment_id`` is ours; ``keep_card`` allows later charges.

    ``hold``: only authorise, so that somebody captures or cancels. The customer comes back to an address.
    """

    payment_id: str
    customer: CustomerRef
    amount: Money
    description: str
    success_url: str
    cancel_url: str
    keep_card: bool = False
    hold: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionOrder:
    """A hosted page that begins a subscription. ``subscription_id`` is ours; ``trial_days`` 0: no trial."""

    subscription_id: str
    customer: CustomerRef
    price: PriceRef
    success_url: str
    cancel_url: str
    trial_days: int = 0


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """A charge to the card a customer left, without the customer."""

    payment_id: str
    customer: CustomerRef
    card: str
    amount: Money
    description: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money back from one payment. ``refund_id`` is ours."""

    refund_id: str
    payment: PaymentRef
    amount: Money


@dataclass(frozen=True, slots=True)
class PriceOrder:
    """A recurring price. ``name`` is ours and unique: the same name is the same price."""

    name: str
    title: str
    amount: Money
    interval: Interval


@dataclass(frozen=True, slots=True)
class Checkout:
    """A hosted page. ``reference`` is our id of what is bought; ``address`` is None once it is closed."""

    ref: CheckoutRef
    status: CheckoutStatus
    reference: str
    address: str | None
    expires_at: datetime
    payment: PaymentRef | None = None
    subscription: SubscriptionRef | None = None


@dataclass(frozen=True, slots=True)
class GatewayPayment:
    """One payment as the gateway holds it. ``payment_id`` is ours, None for what we did not order.

    ``captured`` is what was taken, ``refunded`` what of it went back; ``disputed``: the customer's bank
    claims it. ``decline`` says why the last try failed. ``fee`` is what the gateway keeps for the capture,
    the tax on it included: None until it says so.
    """

    ref: PaymentRef
    status: PaymentStatus
    amount: Money
    captured: Money
    refunded: Money
    payment_id: str | None = None
    customer: CustomerRef | None = None
    decline: str | None = None
    disputed: bool = False
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """One refund as the gateway holds it."""

    ref: RefundRef
    payment: PaymentRef
    amount: Money
    status: RefundStatus
    refund_id: str | None = None


@dataclass(frozen=True, slots=True)
class GatewaySubscription:
    """One subscription as the gateway holds it. ``ends`` is when it is to end, where that is known."""

    ref: SubscriptionRef
    status: SubscriptionStatus
    customer: CustomerRef
    price: PriceRef
    period_start: datetime
    period_end: datetime
    subscription_id: str | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class GatewayInvoice:
    """What a period of a subscription costs at which price, and by which payment it was paid.

    ``address`` is a page where the customer can pay it by hand, ``paid_at`` when it was paid, ``credit`` what
    is left over for later invoices.
    """

    ref: InvoiceRef
    subscription: SubscriptionRef
    status: InvoiceStatus
    due: Money
    paid: Money
    period_start: datetime
    period_end: datetime
    payment: PaymentRef | None = None
    price: PriceRef | None = None
    address: str | None = None
    paid_at: datetime | None = None
    credit: Money | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """An invoice that would be: ``total`` below nothing is what would be carried to later ones."""

    total: Money
    period_start: datetime
    period_end: datetime
