"""Signals: lists, one, counts."""

from datetime import datetime
from uuid import UUID

from kit.http import Page, PageQuery, Reply, Request, Routes, signed_in
from kit.http.etag import of_version
from kit.pagination import decode_cursor, encode_cursor
from signals import bootstrap
from signals.api.access import STAFF, access_of
from signals.errors import SignalNotFound
from signals.model.signal import UNPUBLISHED, Signal, SignalId, Status
from signals.schemas.signals import SignalQueryIn, SignalView, StatsView

routes = Routes()


@routes.get(
    "/signals",
    summary="Signals your plan shows, newest first",
    query=SignalQueryIn,
    reply=Page[SignalView],
    access=signed_in(),
)
def list_signals(request: Request) -> Page[SignalView]:
    """List the signals the caller may see."""
    wanted = (request.query.status,) if request.query.status else ()
    return _page(request, wanted, request.query.symbol)


@routes.get(
    "/signals/live",
    summary="Signals that are live now",
    query=PageQuery,
    reply=Page[SignalView],
    access=signed_in(),
)
def list_live_signals(request: Request) -> Page[SignalView]:
    """List the live signals the caller may see."""
    return _page(request, ("live",), None)


@routes.get(
    "/signals/stats",
    summary="How many signals were generated, screened out and published",
    reply=StatsView,
    access=STAFF,
)
def count_signals(_request: Request) -> StatsView:
    """Count signals by status."""
    counts = bootstrap.api.reading().counts()
    return StatsView(
        generated=sum(counts.values()),
        screened_out=counts.get("screened_out", 0),
        published=sum(many for status, many in counts.items() if status not in UNPUBLISHED),
        by_status=dict(counts),
    )


@routes.get(
    "/signals/{id}",
    summary="One signal",
    reply=SignalView,
    access=signed_in(),
    errors=(SignalNotFound,),
    etag=True,
)
def get_signal(request: Request) -> Reply:
    """Read one signal."""
    found = bootstrap.api.reading().signal(access_of(request.user), SignalId(request.path["id"]))
    return Reply(SignalView.model_validate(found), etag=of_version(found.version))


def _page(request: Request, statuses: tuple[Status, ...], symbol: str | None) -> Page[SignalView]:
    limit, cursor = request.query.limit, request.query.cursor
    found = bootstrap.api.reading().list_signals(
        access_of(request.user), limit + 1, statuses=statuses, symbol=symbol, after=_after(cursor)
    )
    shown = found[:limit]
    more = encode_cursor(_place(shown[-1])) if len(found) > limit else None
    return Page[SignalView](items=tuple(SignalView.model_validate(one) for one in shown), next_cursor=more)


def _place(signal: Signal) -> tuple[datetime, str]:
    return signal.published_at or signal.drafted_at, signal.id


def _after(cursor: str | None) -> tuple[datetime, SignalId] | None:
    if cursor is None:
        return None
    at, signal_id = decode_cursor(cursor, tuple[datetime, UUID])
    return at, SignalId(str(signal_id))
