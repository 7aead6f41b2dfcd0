"""Topic ``payment-events``: money. Key and subject: the id of what changed, the gateway's or ours.

Amounts are whole paise. Nothing here is personal: a person is an id.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from kit.events import Data, Moment
from kit.identity import Plan

Line = Literal["courses", "research", "wallet"]
"""The product line, which is also the book it is posted in."""
Purpose = Literal["course", "subscription", "top_up"]
Source = Literal["gateway", "wallet"]
Interval = Literal["month", "year"]
Paise = Annotated[int, msgspec.Meta(ge=0)]


class Parts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an amount is made of: ``net`` for us, the taxes for the state."""

    net: Paise
    cgst: Paise = 0
    sgst: Paise = 0
    igst: Paise = 0

    @property
    def gross(self) -> int:
        """What the customer pays."""
        return self.net + self.cgst + self.sgst + self.igst


class _Money(Data, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "payment-events"
    SOURCE: ClassVar[str] = "/treum/payments"


class GatewayNotified(_Money, frozen=True, kw_only=True):
    """The payment gateway told, authentically, that something changed; its state is to be read back."""

    TYPE: ClassVar[str] = "gateway.notified"

    notice_id: str
    kind: Literal["payment", "checkout", "subscription"]
    ref: str
    about: str
    occurred_at: Moment


class _Payment(_Money, frozen=True, kw_only=True):
    """Subject: the payment."""

    payment_id: str
    user_id: str
    purpose: Purpose
    sku: str
    line: Line
    amount: Parts
    currency: str


class PaymentOpened(_Payment, frozen=True, kw_only=True):
    """Somebody chose what to buy and was sent to the hosted page."""

    TYPE: ClassVar[str] = "payment.opened"

    opened_at: Moment


class PaymentCaptured(_Payment, frozen=True, kw_only=True):
    """The money is ours, posted, and what was bought is granted. ``state`` is the place of supply.

    ``period_start`` and ``period_end`` bound what a subscription's payment paid for.
    """

    TYPE: ClassVar[str] = "payment.captured"

    source: Source
    state: str
    captured_at: Moment
    subscription_id: str | None = None
    period_start: Moment | None = None
    period_end: Moment | None = None


class PaymentLapsed(_Payment, frozen=True, kw_only=True):
    """The hosted page was closed or its time ended before anything was paid."""

    TYPE: ClassVar[str] = "payment.lapsed"

    lapsed_at: Moment


class PaymentDisputed(_Payment, frozen=True, kw_only=True):
    """The customer's bank claims the money back; what was bought is suspended."""

    TYPE: ClassVar[str] = "payment.disputed"

    disputed_at: Moment


class PaymentDisputeEnded(_Payment, frozen=True, kw_only=True):
    """The bank decided: won, and everything is as before; or lost, and the money is gone."""

    TYPE: ClassVar[str] = "payment.dispute_ended"

    outcome: Literal["won", "lost"]
    ended_at: Moment


class _Refund(_Money, frozen=True, kw_only=True):
    """Subject: the refund. ``amount`` is what of the payment goes back."""

    refund_id: str
    payment_id: str
    user_id: str
    sku: str
    line: Line
    amount: Parts
    currency: str


class RefundRequested(_Refund, frozen=True, kw_only=True):
    """Somebody asked for money back; ``policy_version`` quoted how much. An approver decides."""

    TYPE: ClassVar[str] = "refund.requested"

    requested_by: str
    policy_version: str
    requested_at: Moment


class RefundApproved(_Refund, frozen=True, kw_only=True):
    """Somebody other than the requester approved: the saga begins."""

    TYPE: ClassVar[str] = "refund.approved"

    approved_by: str
    approved_at: Moment


class RefundDeclined(_Refund, frozen=True, kw_only=True):
    """Somebody other than the requester declined: nothing changes."""

    TYPE: ClassVar[str] = "refund.declined"

    declined_by: str
    reason: str
    declined_at: Moment


class RefundCompleted(_Refund, frozen=True, kw_only=True):
    """The money went back, the books and the entitlements say so."""

    TYPE: ClassVar[str] = "refund.completed"

    completed_at: Moment


class RefundCompensated(_Refund, frozen=True, kw_only=True):
    """The refund failed and everything is as it was before it: paid for and granted."""

    TYPE: ClassVar[str] = "refund.compensated"

    reason: str
    compensated_at: Moment


class _Subscription(_Money, frozen=True, kw_only=True):
    """Subject: the subscription. ``monthly`` is what it brings a month without tax, in paise."""

    subscription_id: str
    user_id: str
    sku: str
    plan: Plan
    interval: Interval
    monthly: Paise
    currency: str


class SubscriptionStarted(_Subscription, frozen=True, kw_only=True):
    """The first period began, paid or on trial."""

    TYPE: ClassVar[str] = "subscription.started"

    trial: bool
    period_end: Moment
    started_at: Moment


class SubscriptionRenewed(_Subscription, frozen=True, kw_only=True):
    """Another period is paid for; ``from_trial``: the first one that is paid."""

    TYPE: ClassVar[str] = "subscription.renewed"

    from_trial: bool
    period_end: Moment
    renewed_at: Moment


class SubscriptionRepriced(_Subscription, frozen=True, kw_only=True):
    """Another offer from now on; the ``previous_…`` are those of the one before."""

    TYPE: ClassVar[str] = "subscription.repriced"

    previous_sku: str
    previous_plan: Plan
    previous_monthly: Paise
    repriced_at: Moment


class SubscriptionPastDue(_Subscription, frozen=True, kw_only=True):
    """A renewal was not paid. It is tried again at ``next_try_at``; the plan stays until ``grace_until``."""

    TYPE: ClassVar[str] = "subscription.past_due"

    tries: int
    next_try_at: Moment | None
    grace_until: Moment
    failed_at: Moment


class SubscriptionRecovered(_Subscription, frozen=True, kw_only=True):
    """A late payment came: within the grace, or (``reactivated``) after the plan had been taken."""

    TYPE: ClassVar[str] = "subscription.recovered"

    reactivated: bool
    recovered_at: Moment


class SubscriptionEnding(_Subscription, frozen=True, kw_only=True):
    """The customer cancelled: it ends with its period. ``resumed``: they took that back."""

    TYPE: ClassVar[str] = "subscription.ending"

    resumed: bool
    ends_at: Moment
    decided_at: Moment


class SubscriptionEnded(_Subscription, frozen=True, kw_only=True):
    """It is over and brings nothing any more."""

    TYPE: ClassVar[str] = "subscription.ended"

    reason: Literal["cancelled", "unpaid", "refunded", "disputed"]
    ended_at: Moment


class EntitlementChanged(_Money, frozen=True, kw_only=True):
    """All that a person may use from now on, derived from what is paid, unexpired and unrevoked.

    Subject: the user. ``valid_until`` ends ``plan``; ``items`` are the skus of courses. ``cause`` is the id
    of the payment, subscription or refund behind the change.
    """

    TYPE: ClassVar[str] = "entitlement.changed"

    user_id: str
    plan: Plan
    valid_until: Moment | None
    items: tuple[str, ...]
    cause: str
    changed_at: Moment


class InvoiceIssued(_Money, frozen=True, kw_only=True):
    """A tax invoice has its serial. Subject: the invoice, which has an id of its own."""

    TYPE: ClassVar[str] = "invoice.issued"

    invoice_id: str
    payment_id: str
    user_id: str
    serial: str
    line: Line
    amount: Parts
    currency: str
    issued_at: Moment


class CreditNoteIssued(_Money, frozen=True, kw_only=True):
    """A credit note takes back part of an invoice. Subject: the note, which has an id of its own."""

    TYPE: ClassVar[str] = "credit_note.issued"

    credit_note_id: str
    invoice_id: str
    payment_id: str
    refund_id: str
    user_id: str
    serial: str
    line: Line
    amount: Parts
    currency: str
    issued_at: Moment


class BooksDiffered(_Money, frozen=True, kw_only=True):
    """The reconciler found what does not agree: an alarm. Subject: what it is about.

    ``expected`` and ``found`` are paise, or counts.
    """

    TYPE: ClassVar[str] = "books.differed"

    what: str
    about: str
    expected: int
    found: int
    found_at: Moment
