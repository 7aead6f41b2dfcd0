"""Signals: lists, one, counts."""

from kit.http import Page, Reply, Request, Routes, signed_in
from signals import bootstrap
from signals.api.access import STAFF, access_of
from signals.api.answers import signal_id, signal_reply
from signals.api.listing import listed
from signals.errors import SignalNotFound
from signals.model.signal import UNPUBLISHED, Status
from signals.schemas.listing import LiveQueryIn, SignalQueryIn
from signals.schemas.signals import SignalView, StatsView

routes = Routes()


@routes.get(
    "/signals",
    summary="Signals your plan shows, newest first",
    query=SignalQueryIn,
    reply=Page[SignalView],
    access=signed_in().with_scope("signals:read"),
    etag=True,
)
def list_signals(request: Request) -> Reply:
    """List the signals the caller may see."""
    return _page(request, (request.query.status,) if request.query.status else ())


@routes.get(
    "/signals/live",
    summary="Signals that are live now",
    query=LiveQueryIn,
    reply=Page[SignalView],
    access=signed_in().with_scope("signals:read"),
    etag=True,
)
def list_live_signals(request: Request) -> Reply:
    """List the live signals the caller may see."""
    return _page(request, ("live",))


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
    access=signed_in().with_scope("signals:read"),
    errors=(SignalNotFound,),
    etag=True,
)
def get_signal(request: Request) -> Reply:
    """Read one signal."""
    found = bootstrap.api.reading().signal(access_of(request.user), signal_id(request))
    return signal_reply(found)


def _page(request: Request, statuses: tuple[Status, ...]) -> Reply:
    found = listed(request, statuses)
    items = tuple(SignalView.model_validate(one) for one in found.signals)
    return Reply(Page[SignalView](items=items, next_cursor=found.next_cursor), etag=found.etag)
