"""Topic ``payment-events``: money. Key and subject: the id of what changed, the gateway's or ours.

Amounts are whole paise. Nothing here is personal: a person is an id.
"""

from kit.events.payment_events.base import (
    Interval,
    Line,
    Parts,
    Purpose,
    Source,
)
from kit.events.payment_events.papers import (
    BooksDiffered,
    CreditNoteIssued,
    InvoiceIssued,
)
from kit.events.payment_events.payments import (
    GatewayNotified,
    PaymentCaptured,
    PaymentDisputed,
    PaymentDisputeEnded,
    PaymentLapsed,
    PaymentOpened,
)
from kit.events.payment_events.refunds import (
    RefundApproved,
    RefundCompensated,
    RefundCompleted,
    RefundDeclined,
    RefundRequested,
)
from kit.events.payment_events.subscriptions import (
    EntitlementChanged,
    SubscriptionEnded,
    SubscriptionEnding,
    SubscriptionPastDue,
    SubscriptionRecovered,
    SubscriptionRenewed,
    SubscriptionRepriced,
    SubscriptionStarted,
)

__all__ = [
    "BooksDiffered",
    "CreditNoteIssued",
    "EntitlementChanged",
    "GatewayNotified",
    "Interval",
    "InvoiceIssued",
    "Line",
    "Parts",
    "PaymentCaptured",
    "PaymentDisputeEnded",
    "PaymentDisputed",
    "PaymentLapsed",
    "PaymentOpened",
    "Purpose",
    "RefundApproved",
    "RefundCompensated",
    "RefundCompleted",
    "RefundDeclined",
    "RefundRequested",
    "Source",
    "SubscriptionEnded",
    "SubscriptionEnding",
    "SubscriptionPastDue",
    "SubscriptionRecovered",
    "SubscriptionRenewed",
    "SubscriptionRepriced",
    "SubscriptionStarted",
]
