"""Stripe's disputes as ours."""

from collections.abc import Mapping
from typing import Final

import stripe

from payments.adapters.stripe import shapes
from payments.model.dispute import DisputeRef, DisputeStatus, GatewayDispute, Movement
from payments.model.gateway import PaymentRef

_STATUSES: Final[Mapping[str, DisputeStatus]] = {
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
}


def dispute(found: stripe.Dispute) -> GatewayDispute | None:
    """Return a dispute; None for an inquiry (``warning_…``, ``prevented``), which moves no money.

    Its entries come with the object itself (docs.stripe.com/api/disputes/object, ``balance_transactions``).
    """
    status = _STATUSES.get(found.status)
    if status is None:
        return None
    entries = sorted(found.balance_transactions, key=lambda each: each.created)
    return GatewayDispute(
        ref=DisputeRef(found.id),
        payment=PaymentRef(shapes.ref(found.payment_intent) or ""),
        amount=shapes.money(found.amount, found.currency),
        status=status,
        movements=tuple(
            Movement(each.id, shapes.money(each.amount, each.currency), shapes.money(each.fee, each.currency))
            for each in entries
        ),
    )
