"""A payment: what somebody chose to buy, from the hosted page to the money that is ours.

opened ──> captured        lapsed ──> captured: money that came late is honoured
  └──────> lapsed
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NewType

from payments.model.gateway import CheckoutRef, PaymentRef
from payments.model.ledger import Book, PersonId
from payments.model.offer import Purpose, Sku
from payments.model.sale import Sale

PaymentId = NewType("PaymentId", str)
SubscriptionId = NewType("SubscriptionId", str)
PaymentStatus = Literal["opened", "captured", "lapsed"]
DisputeStatus = Literal["open", "won", "lost"]
Source = Literal["gateway", "wallet"]

CURRENCY: Final = "INR"
OTP_ABOVE: Final = 5_000_00
TOTP_ABOVE: Final = 50_000_00
"""In paise: more than that asks for a second factor of the last five minutes."""
TRANSACTIONS_AN_HOUR: Final = 10
RESEARCH_CAP: Final = 1_51_000_00
"""In paise a family and year, without tax (SEBI, guidelines for research analysts, 8 January 2025)."""
CAP_WINDOW: Final = timedelta(days=365)
AMOUNT_DIFFERS: Final = "amount_differs"
"""Another amount came than was agreed: it is in the person's wallet (ADR 131)."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a subscription's payment pays for: from ``start`` up to ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """``state`` is the place of supply, ``address`` the hosted page while it is open.

    ``version`` counts changes from 1. A payment of a subscription's period names the subscription.
    ``decline`` says why the last try was not paid, or :data:`AMOUNT_DIFFERS`.
    """

    id: PaymentId
    person: PersonId
    purpose: Purpose
    sku: Sku
    line: Book
    sale: Sale
    state: str
    source: Source
    status: PaymentStatus
    opened_at: datetime
    version: int = 1
    expires_at: datetime | None = None
    captured_at: datetime | None = None
    subscription: SubscriptionId | None = None
    period: Period | None = None
    checkout: CheckoutRef | None = None
    ref: PaymentRef | None = None
    address: str | None = None
    dispute: DisputeStatus | None = None
    decline: str | None = None


def step_up_level(paise: int) -> int:
    """Return which second factor a payment of ``paise`` asks for: 0 none, 1 a one-time code, 2 TOTP."""
    return (paise > OTP_ABOVE) + (paise > TOTP_ABOVE)
