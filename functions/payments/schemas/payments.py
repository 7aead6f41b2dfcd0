"""Payments and what follows from them, as people see them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from kit.http import PageQuery, View
from kit.identity import Plan
from payments.model.ledger import Book
from payments.model.offer import Purpose
from payments.model.payment import DisputeStatus, Payment, PaymentStatus, Source
from payments.schemas.money import SaleView, sale_view


class PaymentsQuery(PageQuery):
    """Whose payments: one's own, or, for support and administrators, somebody's."""

    user: UUID | None = Field(default=None, description="Support only: whose payments")


class PaymentView(View):
    """One payment. ``address`` is its hosted page while that is open."""

    id: UUID
    user_id: UUID
    purpose: Purpose
    sku: str
    line: Book
    price: SaleView
    state: str = Field(description="Place of supply")
    source: Source
    status: PaymentStatus
    problem: str | None = Field(
        description="Why the last try was not paid, such as insufficient_funds: the page takes another card. "
        "amount_differs: what came is in your wallet"
    )
    dispute: DisputeStatus | None
    address: str | None
    opened_at: datetime
    expires_at: datetime | None
    captured_at: datetime | None
    subscription_id: UUID | None
    period_start: datetime | None
    period_end: datetime | None


class EntitlementView(View):
    """What the caller may use now; ``items`` are skus of courses. ``awaiting_kyc``: paid, not yet given."""

    plan: Plan
    valid_until: datetime | None
    items: tuple[str, ...]
    awaiting_kyc: bool


def payment_view(one: Payment) -> PaymentView:
    """Return ``one`` as it is shown."""
    return PaymentView(
        id=UUID(one.id),
        user_id=UUID(one.person),
        purpose=one.purpose,
        sku=one.sku,
        line=one.line,
        price=sale_view(one.sale),
        state=one.state,
        source=one.source,
        status=one.status,
        problem=one.decline,
        dispute=one.dispute,
        address=one.address if one.status == "opened" else None,
        opened_at=one.opened_at,
        expires_at=one.expires_at if one.status == "opened" else None,
        captured_at=one.captured_at,
        subscription_id=UUID(one.subscription) if one.subscription else None,
        period_start=one.period.start if one.period else None,
        period_end=one.period.end if one.period else None,
    )
