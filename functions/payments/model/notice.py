"""What a gateway tells by webhook: only *that* something changed, and about what. The state is read back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from payments.model.dispute import GatewayDispute
from payments.model.gateway import (
    Checkout,
    GatewayInvoice,
    GatewayPayment,
    GatewayRefund,
    GatewaySubscription,
)

NoticeId = NewType("NoticeId", str)
SubjectKind = Literal["payment", "checkout", "subscription"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One authentic webhook. ``id`` is the gateway's; ``subject`` is the gateway's id of what changed.

    ``kind`` is None where nothing of ours hangs on it: it is kept, and nobody is told. ``body`` are the bytes
    that were signed, kept until the state was read back.
    """

    id: NoticeId
    type: str
    kind: SubjectKind | None
    subject: str
    occurred_at: datetime
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class PaymentState:
    """A payment with its refunds and disputes, as read back."""

    payment: GatewayPayment
    refunds: tuple[GatewayRefund, ...] = ()
    disputes: tuple[GatewayDispute, ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """A subscription with its invoices, newest first, as read back."""

    subscription: GatewaySubscription
    invoices: tuple[GatewayInvoice, ...] = ()


GatewayState = PaymentState | SubscriptionState | Checkout
