"""Subscriptions as HTTP carries them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.http import Body, View
from kit.identity import Plan
from payments.model.gateway import Interval
from payments.model.payment import step_up_level
from payments.model.subscription import EndReason, Life, Subscription
from payments.model.subscription_course import RETRY_AFTER
from payments.schemas.money import AmountView, money
from payments.service.subscriptions.changing import Quote, charge_of


class ChargeView(View):
    """A charge to come."""

    amount: AmountView
    at: datetime


class WaitingChangeView(View):
    """What the subscription becomes with its next period."""

    sku: str
    title: str
    at: datetime


class ArrearsView(View):
    """A renewal that was not paid."""

    due: AmountView
    since: datetime
    tries_left: int = Field(description="How often we still try the card by ourselves")
    next_try_at: datetime | None
    grace_until: datetime = Field(description="The plan stays until then")
    confirm: bool = Field(description="The bank asks you to confirm the payment")
    address: str | None = Field(description="Where you can pay or confirm it now")


class SubscriptionView(View):
    """One subscription."""

    id: UUID
    sku: str
    title: str
    plan: Plan
    interval: Interval
    price: AmountView = Field(description="For a whole period, tax included")
    status: Life
    opened_at: datetime
    page: str | None = Field(description="The hosted page, while it waits to be begun")
    started_at: datetime | None
    period_start: datetime | None
    period_end: datetime | None
    valid_until: datetime | None = Field(description="The plan may be used until then, unless it is renewed")
    ends_at: datetime | None = Field(description="Set once it is to end")
    next_charge: ChargeView | None
    change: WaitingChangeView | None
    credit: AmountView = Field(description="What later periods cost less")
    arrears: ArrearsView | None
    ended_at: datetime | None
    reason: EndReason | None


class SubscriptionListView(View):
    """The newest hundred of a person."""

    items: tuple[SubscriptionView, ...]


class ChangeIn(Body):
    """What it is to become."""

    sku: str = Field(min_length=1, max_length=80, examples=["enterprise-monthly"])


class ChangeQuoteView(View):
    """What a change would mean."""

    sku: str
    title: str
    begins: Literal["now", "next_period"]
    begins_at: datetime
    due_now: AmountView = Field(description="Charged to your card at once, what was unused taken off")
    credit: AmountView = Field(description="What is left over and makes later periods cheaper")
    next_charge: ChargeView
    step_up: int = Field(description="The second factor it asks for: 0 none, 1 a one-time code, 2 TOTP")
    counts: AmountView = Field(description="What it charges until 31 March, which takes of your limit")
    limit_left: AmountView | None = Field(
        description="What it may charge until then by your verification; null: any amount"
    )
    within_limit: bool


def subscription_view(one: Subscription) -> SubscriptionView:
    """Return ``one`` as its person sees it."""
    charge, end = charge_of(one), one.period.end if one.period else None
    waiting = one.following if end else None
    return SubscriptionView(
        id=UUID(one.id),
        sku=one.terms.sku,
        title=one.terms.title,
        plan=one.terms.plan,
        interval=one.terms.interval,
        price=money(one.terms.price),
        status=one.life,
        opened_at=one.opened_at,
        page=one.address,
        started_at=one.started_at,
        period_start=one.period.start if one.period else None,
        period_end=end,
        valid_until=one.covered_until,
        ends_at=one.ends_at,
        next_charge=ChargeView(amount=money(charge[0]), at=charge[1]) if charge else None,
        change=WaitingChangeView(sku=waiting.sku, title=waiting.title, at=end) if waiting and end else None,
        credit=money(one.credit),
        arrears=_arrears(one),
        ended_at=one.ended_at,
        reason=one.reason,
    )


def _arrears(one: Subscription) -> ArrearsView | None:
    owed = one.arrears
    if owed is None:
        return None
    left = sum(owed.next_try_at is not None and owed.since + at >= owed.next_try_at for at in RETRY_AFTER)
    return ArrearsView(
        due=money(owed.due),
        since=owed.since,
        tries_left=left,
        next_try_at=owed.next_try_at,
        grace_until=owed.grace_until,
        confirm=owed.asks,
        address=owed.address,
    )


def quote_view(quote: Quote) -> ChangeQuoteView:
    """Return what a change would mean."""
    return ChangeQuoteView(
        sku=quote.terms.sku,
        title=quote.terms.title,
        begins="now" if quote.at_once else "next_period",
        begins_at=quote.at,
        due_now=money(quote.due_now),
        credit=money(quote.credit),
        next_charge=ChargeView(amount=money(quote.next_charge), at=quote.next_charge_at),
        step_up=step_up_level(quote.due_now),
        counts=money(quote.weight),
        limit_left=None if quote.limit_left is None else money(quote.limit_left),
        within_limit=quote.within_limit,
    )
