"""Events of refunds and disputes, made from what they tell of."""

from datetime import datetime
from typing import Any, Literal

from kit import events
from kit.events import Event
from kit.events.payment_events import (
    PaymentDisputed,
    PaymentDisputeEnded,
    RefundApproved,
    RefundCompensated,
    RefundCompleted,
    RefundDeclined,
    RefundRequested,
)
from payments.model.payment import CURRENCY, Payment
from payments.model.refund import Refund
from payments.model.sale import Sale
from payments.service.facts import parts_of


def requested(one: Refund) -> Event[RefundRequested]:
    """Return that somebody asked."""
    data = RefundRequested(
        **_common(one),
        requested_by=one.requested_by,
        policy_version=one.policy_version,
        requested_at=one.requested_at,
    )
    return events.new(data, subject=one.id, version=one.version)


def approved(one: Refund) -> Event[RefundApproved]:
    """Return that the saga may begin."""
    assert one.decided_by is not None, "what is approved was decided about"
    assert one.decided_at is not None, "what is approved was decided about"
    data = RefundApproved(**_common(one), approved_by=one.decided_by, approved_at=one.decided_at)
    return events.new(data, subject=one.id, version=one.version)


def declined(one: Refund) -> Event[RefundDeclined]:
    """Return that nothing will change."""
    assert one.decided_by is not None, "what is declined was decided about"
    assert one.decided_at is not None, "what is declined was decided about"
    data = RefundDeclined(
        **_common(one),
        declined_by=one.decided_by,
        reason=one.decision or "",
        declined_at=one.decided_at,
    )
    return events.new(data, subject=one.id, version=one.version)


def ended(one: Refund) -> Event[RefundCompleted] | Event[RefundCompensated]:
    """Return how the saga ended."""
    at = one.steps[-1].at
    if one.status == "completed":
        done = RefundCompleted(**_common(one), completed_at=at)
        return events.new(done, subject=one.id, version=one.version)
    undone = RefundCompensated(**_common(one), reason=one.failure or "", compensated_at=at)
    return events.new(undone, subject=one.id, version=one.version)


def disputed(one: Payment, at: datetime) -> Event[PaymentDisputed]:
    """Return that the customer's bank claims the money of ``one``."""
    return events.new(
        PaymentDisputed(**_of_payment(one), disputed_at=at), subject=one.id, version=one.version
    )


def dispute_ended(
    one: Payment, outcome: Literal["won", "lost"], left: Sale, at: datetime
) -> Event[PaymentDisputeEnded]:
    """Return how the bank decided; ``left`` is what of the payment was not refunded."""
    data = PaymentDisputeEnded(**_of_payment(one), outcome=outcome, left=parts_of(left), ended_at=at)
    return events.new(data, subject=one.id, version=one.version)


def _common(one: Refund) -> dict[str, Any]:
    return {
        "refund_id": one.id,
        "payment_id": one.payment,
        "user_id": one.person,
        "sku": one.sku,
        "line": one.line.value,
        "amount": parts_of(one.sale),
        "currency": CURRENCY,
    }


def _of_payment(one: Payment) -> dict[str, Any]:
    return {
        "payment_id": one.id,
        "user_id": one.person,
        "purpose": one.purpose,
        "sku": one.sku,
        "line": one.line.value,
        "amount": parts_of(one.sale),
        "currency": CURRENCY,
    }
