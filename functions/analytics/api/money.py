"""Revenue and what recurs of it, for those who keep or check the books."""

from collections.abc import Iterable

from analytics import bootstrap
from analytics.api.answers import file, span_of, tagged, wants_file
from analytics.errors import RangeTooLong
from analytics.schemas.money import (
    CohortRow,
    CohortsView,
    RevenueRow,
    RevenueSums,
    RevenueView,
    StandingRow,
    SubscriptionsView,
    WaterfallRow,
    WaterfallView,
)
from analytics.schemas.questions import FileIn, RevenueIn, SpanIn
from kit.http import Reply, Request, Routes, role

routes = Routes()
_BOOKS = role("auditor")


@routes.get(
    "/analytics/admin/revenue",
    summary="Revenue by day and product line: net, taxes, refunds, chargebacks; also as CSV",
    query=RevenueIn,
    reply=RevenueView,
    access=_BOOKS,
    errors=(RangeTooLong,),
    etag=True,
)
def get_revenue(request: Request) -> Reply:
    """Read revenue."""
    asked: RevenueIn = request.query
    span = span_of(asked)
    found = bootstrap.api.answering().revenue(span, asked.line)
    rows = tuple(RevenueRow.model_validate(one) for one in found)
    if wants_file(request):
        return file(rows, RevenueRow.model_fields)
    return tagged(RevenueView(first=span.first, last=span.last, rows=rows, total=_sums(rows)))


@routes.get(
    "/analytics/admin/mrr",
    summary="Monthly recurring revenue: opening, new, expansion, contraction, churn, reactivation, closing",
    query=FileIn,
    reply=WaterfallView,
    access=_BOOKS,
    errors=(RangeTooLong,),
    etag=True,
)
def get_mrr(request: Request) -> Reply:
    """Read the waterfall of whole months."""
    found = bootstrap.api.answering().waterfall(span_of(request.query))
    rows = tuple(WaterfallRow.model_validate(one) for one in found)
    return (
        file(rows, WaterfallRow.model_fields) if wants_file(request) else tagged(WaterfallView(months=rows))
    )


@routes.get(
    "/analytics/admin/subscriptions",
    summary="Active, trialing and past due subscriptions of each plan at the end of each day",
    query=SpanIn,
    reply=SubscriptionsView,
    access=_BOOKS,
    errors=(RangeTooLong,),
    etag=True,
)
def get_subscription_counts(request: Request) -> Reply:
    """Read the counts."""
    found = bootstrap.api.answering().subscriptions(span_of(request.query))
    return tagged(SubscriptionsView(rows=tuple(StandingRow.model_validate(one) for one in found)))


@routes.get(
    "/analytics/admin/cohorts",
    summary="Of those who began to pay in each month, how many still pay, month by month",
    query=SpanIn,
    reply=CohortsView,
    access=_BOOKS,
    errors=(RangeTooLong,),
    etag=True,
)
def get_cohorts(request: Request) -> Reply:
    """Read retention."""
    found = bootstrap.api.answering().cohorts(span_of(request.query))
    return tagged(CohortsView(cohorts=tuple(CohortRow.model_validate(one) for one in found)))


def _sums(rows: Iterable[RevenueRow]) -> RevenueSums:
    known = list(rows)
    return RevenueSums(
        **{name: sum(getattr(one, name) for one in known) for name in RevenueSums.model_fields}
    )
