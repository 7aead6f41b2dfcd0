"""A subscription: from the hosted page through its periods to its end, as we hold it.

pending ──> trialing ──> active <──> past_due ──> ended ──> running_out: money that came late is honoured
  └──> abandoned            └───> running_out ──> ended
                  (the gateway renews no more, what is paid for is used up)
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from kit.identity import Plan
from payments.model.gateway import CheckoutRef, CustomerRef, Interval, InvoiceRef, SubscriptionRef
from payments.model.ledger import Book, PersonId
from payments.model.offer import Offer, Sku
from payments.model.payment import PaymentId, Period, SubscriptionId
from payments.model.sale import sold_within

Life = Literal["pending", "abandoned", "trialing", "active", "past_due", "running_out", "ended"]
EndReason = Literal["cancelled", "unpaid", "refunded", "disputed"]

LIVE: Final[frozenset[Life]] = frozenset({"pending", "trialing", "active", "past_due"})
"""A person has one of these a product line."""
RENEWED: Final[frozenset[Life]] = frozenset({"trialing", "active", "past_due"})
"""The gateway asks for money for these."""
_NAMESPACE: Final = uuid.UUID("a6a1a2f4-52a5-5c0e-8d3b-737562736372")
MONTHS: Final[dict[Interval, int]] = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Terms:
    """One offer as it was agreed: ``price`` in paise with tax, ``monthly`` what it brings a month without."""

    name: str
    title: str
    sku: Sku
    plan: Plan
    interval: Interval
    price: int
    monthly: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """A renewal that was not paid: ``due`` paise since ``since``. ``address`` is where the customer can pay.

    ``tries`` counts the charges, the gateway's first included, ``told`` of how many the customer was told.
    The plan stays until ``grace_until``; ``asks``: the bank wants the customer to confirm.
    """

    invoice: InvoiceRef
    due: int
    since: datetime
    grace_until: datetime
    tries: int = 1
    told: int = 0
    next_try_at: datetime | None = None
    address: str | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """A change to terms called ``name`` that was ordered of the gateway and is not read back yet.

    ``weight`` is what it charges before the financial year is over, in paise: what a limit holds it to.
    """

    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """``terms`` are in force, ``following`` those from the next period on, ``version`` counts changes from 1.

    ``page`` is the hosted page on which it is begun, ``period`` what the newest paid invoice paid for, and
    ``covered_until`` how long the plan may be used for it. ``ends_at`` is set once it is to end. ``noticed``
    is the end of the period whose renewal was announced, ``credit`` what later invoices cost less, in paise.
    """

    id: SubscriptionId
    person: PersonId
    line: Book
    terms: Terms
    life: Life
    opened_at: datetime
    version: int = 1
    trial_days: int = 0
    customer: CustomerRef | None = None
    page: CheckoutRef | None = None
    address: str | None = None
    page_until: datetime | None = None
    ref: SubscriptionRef | None = None
    following: Terms | None = None
    started_at: datetime | None = None
    period: Period | None = None
    covered_until: datetime | None = None
    ends_at: datetime | None = None
    arrears: Arrears | None = None
    credit: int = 0
    noticed: datetime | None = None
    ended_at: datetime | None = None
    reason: EndReason | None = None
    ordered: Ordered | None = None


def renews(one: Subscription) -> bool:
    """Whether the gateway will ask for money at the end of the period."""
    return one.life in {"trialing", "active"} and one.ends_at is None


def next_charge(one: Subscription) -> int:
    """Return what the next renewal takes in paise, after what is left over."""
    return max(0, (one.following or one.terms).price - one.credit)


def changes_at_once(one: Subscription, wanted: Terms) -> bool:
    """Whether ``wanted`` begins now, what is unused of the present period taken off; else with the next one.

    What is dearer, or paid at other intervals, begins now: nobody waits for more. What is cheaper begins when
    the period is over: nobody loses what they paid for. A trial ends before anything else is charged.
    """
    present = one.terms
    return one.life != "trialing" and (wanted.interval != present.interval or wanted.price > present.price)


def subscription_id(person: PersonId, key: str) -> SubscriptionId:
    """Return the id of what ``person`` begins under the idempotency key ``key``: the same twice."""
    return SubscriptionId(str(uuid.uuid5(_NAMESPACE, f"{person}/{key}")))


def subscription_of(reference: str | None) -> SubscriptionId | None:
    """Return the id that the gateway was given; None for what cannot be one of ours."""
    try:
        return SubscriptionId(str(uuid.UUID(reference or "")))
    except ValueError:
        return None


def payment_id(invoice: InvoiceRef) -> PaymentId:
    """Return the id of the payment that an invoice of the gateway becomes: the same at every reading."""
    return PaymentId(str(uuid.uuid5(_NAMESPACE, f"invoice/{invoice}")))


def terms_of(offer: Offer, seller: str, state: str) -> Terms:
    """Return ``offer`` as it is agreed with somebody in ``state``.

    A year brings a twelfth of its net price a month, rounded half up to the paisa. Raises ``ValueError``
    for what is no subscription.
    """
    if offer.plan is None or offer.interval is None:
        raise ValueError(f"{offer.sku} is no subscription")
    net, months = sold_within(offer.price, seller, state).net, MONTHS[offer.interval]
    monthly = (2 * net + months) // (2 * months)
    return Terms(offer.price_name, offer.title, offer.sku, offer.plan, offer.interval, offer.price, monthly)
