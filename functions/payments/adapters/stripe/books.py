"""Stripe's balance transactions as the gateway's books.

Their types: docs.stripe.com/reports/balance-transaction-types.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import stripe

from payments.adapters.stripe import shapes
from payments.adapters.stripe.client import Stripe
from payments.adapters.stripe.reader import MOST
from payments.model.gateway import PaymentRef
from payments.model.reconciliation import BookEntry, EntryKind

_KINDS: Final[Mapping[str, EntryKind]] = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund",
    "payment_failure_refund": "refund",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
}
_SOURCES: Final[Mapping[str, EntryKind]] = {"dispute": "dispute"}


class StripeBooks:
    """See :class:`payments.ports.reconciling.GatewayBooks`. Stripe lists the newest first."""

    def __init__(self, stripe: Stripe) -> None:
        self._stripe = stripe

    def entries(self, after: str | None, limit: int) -> Sequence[BookEntry]:
        """List what is next to ``after``; without it, walk back to the first of all."""
        if after is not None:
            found = self._page({"ending_before": after, "limit": min(limit, MOST)})
            return [_entry(each) for each in reversed(found.data)]
        found = self._page({"limit": MOST})
        while found.has_more:
            found = self._page({"limit": MOST, "starting_after": found.data[-1].id})
        return [_entry(each) for each in reversed(found.data)][:limit]

    def _page(
        self, params: "stripe.params.BalanceTransactionListParams"
    ) -> "stripe.ListObject[stripe.BalanceTransaction]":
        params["expand"] = ["data.source"]
        found = self._stripe.find(lambda client: client.v1.balance_transactions.list(params))
        assert found is not None, "a list is always there"
        return found


def _entry(found: stripe.BalanceTransaction) -> BookEntry:
    source: Any = found.source
    payment = shapes.ref(shapes.optional(source, "payment_intent"))
    kind = _SOURCES.get(shapes.optional(source, "object") or "") or _KINDS.get(found.type, "other")
    about = payment if kind == "payment" and payment else shapes.ref(source)
    return BookEntry(
        ref=found.id,
        kind=kind,
        about=about or found.id,
        amount=found.amount,
        fee=found.fee,
        net=found.net,
        occurred_at=shapes.at(found.created),
        payment=PaymentRef(payment) if payment else None,
    )
