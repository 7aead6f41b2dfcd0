"""What goes back."""

from typing import ClassVar

from kit.events import Moment
from kit.events.payment_events.base import Line, Money, Parts


class _Refund(Money, frozen=True, kw_only=True):
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
