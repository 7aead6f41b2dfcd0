"""Performance: verified figures for everybody, unverified ones for staff, marked so."""

from kit.http import Request, Routes, signed_in
from signals import bootstrap
from signals.api.access import access_of
from signals.errors import PerformanceNotVerified
from signals.ports import TradeQuery
from signals.schemas.performance import (
    DISCLAIMERS,
    UNVERIFIED,
    FiguresView,
    GroupView,
    PerformanceQueryIn,
    PerformanceView,
)

routes = Routes()


@routes.get(
    "/signals/performance",
    summary="What promises came to, once an agency has verified it; staff see it before, marked unverified",
    query=PerformanceQueryIn,
    reply=PerformanceView,
    access=signed_in().with_scope("performance:read"),
    errors=(PerformanceNotVerified,),
)
def get_performance(request: Request) -> PerformanceView:
    """Read the figures."""
    asked: PerformanceQueryIn = request.query
    performance = bootstrap.performance.performance()
    query = TradeQuery(None, asked.analyst, asked.strategy, asked.symbol, asked.timeframe)
    staff = access_of(request.user).unpublished
    found = performance.read(query, asked.period, asked.by, staff=staff)
    return PerformanceView(
        period=asked.period,
        since=found.since,
        until=found.until,
        by=asked.by,
        verified=found.verified,
        verified_by=performance.verification.by if found.verified else None,
        disclaimers=DISCLAIMERS if found.verified else (UNVERIFIED, *DISCLAIMERS),
        groups=tuple(
            GroupView(key=key, figures=FiguresView.model_validate(one)) for key, one in found.groups.items()
        ),
    )
