"""Backtests: order one, watch it, read its report. For staff and the enterprise plan; each sees their own."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import msgspec

from kit.http import OPTIONAL, Page, PageQuery, Rate, Reply, Request, Routes, signed_in
from kit.http.access import PlanRequired
from kit.pagination import decode_cursor, encode_cursor
from signals import bootstrap
from signals.api.access import access_of
from signals.errors import (
    BacktestEnded,
    BacktestNotFound,
    BadGrid,
    ReportNotReady,
    TooManyBacktests,
    UnfitBacktest,
)
from signals.model.backtest import Backtest, BacktestId, Wanted
from signals.ports.research import Paper
from signals.schemas.research import BacktestIn, BacktestView, FindingView, ReportLinkView

routes = Routes()


@routes.post(
    "/backtests",
    summary="Order a backtest; `GET /backtests/{id}` tells how far it is (staff, enterprise)",
    body=BacktestIn,
    reply=BacktestView,
    status=202,
    access=signed_in(),
    idempotency=OPTIONAL,
    rate=Rate(10, 60),
    errors=(PlanRequired, UnfitBacktest, BadGrid, TooManyBacktests),
)
def order_backtest(request: Request) -> BacktestView:
    """Take an order."""
    owner = _owner(request)
    return _view(bootstrap.backtests.researching().order(owner, _wanted(request.body)))


@routes.get(
    "/backtests",
    summary="Your backtests, newest first",
    query=PageQuery,
    reply=Page[BacktestView],
    access=signed_in(),
    errors=(PlanRequired,),
)
def list_backtests(request: Request) -> Page[BacktestView]:
    """List the caller's."""
    limit, cursor = request.query.limit, request.query.cursor
    found = bootstrap.backtests.researching().backtests(_owner(request), limit + 1, _after(cursor))
    shown = found[:limit]
    more = encode_cursor((shown[-1].created_at, shown[-1].id)) if len(found) > limit else None
    return Page[BacktestView](items=tuple(_view(one) for one in shown), next_cursor=more)


@routes.get(
    "/backtests/{id}",
    summary="How far a backtest is: status, step, per cent",
    reply=BacktestView,
    access=signed_in(),
    errors=(PlanRequired, BacktestNotFound),
)
def get_backtest(request: Request) -> BacktestView:
    """Read one of the caller's."""
    return _view(bootstrap.backtests.researching().backtest(_owner(request), _id(request)))


@routes.post(
    "/backtests/{id}/cancel",
    summary="Stop a backtest that is at work",
    reply=BacktestView,
    access=signed_in(),
    idempotency=OPTIONAL,
    errors=(PlanRequired, BacktestNotFound, BacktestEnded),
)
def cancel_backtest(request: Request) -> BacktestView:
    """Cancel one of the caller's."""
    return _view(bootstrap.backtests.researching().cancel(_owner(request), _id(request)))


@routes.get(
    "/backtests/{id}/report",
    summary="The finding: figures, curve, trades, folds, trials, caveats",
    reply=FindingView,
    access=signed_in(),
    errors=(PlanRequired, BacktestNotFound, ReportNotReady),
)
def get_backtest_report(request: Request) -> Reply:
    """Read the finding."""
    text = bootstrap.backtests.researching().finding(_owner(request), _id(request))
    return Reply({"finding": msgspec.json.decode(text)})


@routes.get(
    "/backtests/{id}/report.html",
    summary="A link to the report as a page, for five minutes",
    reply=ReportLinkView,
    access=signed_in(),
    errors=(PlanRequired, BacktestNotFound, ReportNotReady),
)
def get_backtest_page(request: Request) -> ReportLinkView:
    """Link to the page."""
    return _link(request, "html")


@routes.get(
    "/backtests/{id}/report.pdf",
    summary="A link to the report as a PDF, for five minutes",
    reply=ReportLinkView,
    access=signed_in(),
    errors=(PlanRequired, BacktestNotFound, ReportNotReady),
)
def get_backtest_paper(request: Request) -> ReportLinkView:
    """Link to the PDF."""
    return _link(request, "pdf")


def _link(request: Request, kind: Paper) -> ReportLinkView:
    found = bootstrap.backtests.researching().link(_owner(request), _id(request), kind)
    return ReportLinkView.model_validate(found)


def _owner(request: Request) -> str:
    """Return the caller's name as an owner. Raises ``PlanRequired``."""
    user = request.user
    access = access_of(user)
    if not (access.unpublished or user.plan == "enterprise"):
        raise PlanRequired(f"Backtests are for staff and the plan enterprise; yours is {user.plan}")
    return user.subject


def _id(request: Request) -> BacktestId:
    return BacktestId(request.path["id"])


def _after(cursor: str | None) -> tuple[datetime, BacktestId] | None:
    if cursor is None:
        return None
    at, last = decode_cursor(cursor, tuple[datetime, UUID])
    return at, BacktestId(str(last))


def _wanted(body: BacktestIn) -> Wanted:
    walk = body.walk_forward
    return Wanted(
        strategy=body.strategy,
        symbols=body.symbols,
        timeframe=body.timeframe,
        first=body.first,
        last=body.last,
        cash=body.cash,
        sizing=body.sizing.kind,
        size=body.sizing.value,
        lot=body.sizing.lot,
        leverage=body.leverage,
        at_once=body.at_once,
        screened=body.screened,
        space=body.search,
        folds=walk.folds if walk else 0,
        train=walk.train if walk else 2,
        expanding=walk.expanding if walk else False,
        **body.costs.model_dump(),
    )


def _view(one: Backtest) -> BacktestView:
    return BacktestView(
        id=one.id,
        status=one.status,
        step=one.step,
        percent=one.percent,
        reason=one.reason,
        created_at=one.created_at,
        updated_at=one.updated_at,
        wanted=asdict(one.wanted),
    )
