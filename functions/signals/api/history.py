"""The archive of closed signals, on pages and as files: part of the enterprise plan."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from kit.http import Page, Reply, Request, Routes, Text, signed_in
from kit.http.access import PlanRequired
from kit.http.etag import of_parts
from signals.api.access import access_of
from signals.api.listing import Listed, listed
from signals.model.signal import CLOSED, Signal, Status
from signals.schemas.listing import ExportQueryIn, HistoryQueryIn
from signals.schemas.signals import SignalView

routes = Routes()
_TERMS = ("symbol", "timeframe", "strategy", "analyst", "side", "entry", "stop", "targets", "currency")
_MORE = ("confidence", "horizon", "expires_at", "rationale")
_LIFE = ("id", "status", "published_at", "closed_at", "exit_price", "mfe", "mae")
_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "ndjson": "application/x-ndjson"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@routes.get(
    "/signals/history",
    summary="Every signal that ended, newest publication first (enterprise)",
    query=HistoryQueryIn,
    reply=Page[SignalView],
    access=signed_in().with_scope("signals:read"),
    errors=(PlanRequired,),
    etag=True,
)
def list_history(request: Request) -> Reply:
    """List closed signals without a bound in time."""
    found = _archived(request)
    items = tuple(SignalView.model_validate(one) for one in found.signals)
    return Reply(Page[SignalView](items=items, next_cursor=found.next_cursor), etag=found.etag)


@routes.get(
    "/signals/export",
    summary="Ended signals as CSV or JSON lines, a page of at most 1,000; `X-Next-Cursor` has the next",
    query=ExportQueryIn,
    reply=str,
    access=signed_in().with_scope("signals:read"),
    errors=(PlanRequired,),
    etag=True,
    media_type="text/csv",
)
def export_signals(request: Request) -> Reply:
    """Export closed signals."""
    found = _archived(request)
    asked: ExportQueryIn = request.query
    lines = _json_lines if asked.format == "ndjson" else _csv
    headers = [("Content-Type", _TYPES[asked.format])]
    if found.next_cursor is not None:
        headers.append(("X-Next-Cursor", found.next_cursor))
    etag = of_parts([asked.format, found.etag])
    return Reply(Text("".join(lines(found.signals))), headers=tuple(headers), etag=etag)


def _archived(request: Request) -> Listed:
    if not access_of(request.user).archive:
        raise PlanRequired(f"History and export need the plan enterprise; yours is {request.user.plan}")
    statuses: Iterable[Status] = (request.query.status,) if request.query.status else sorted(CLOSED)
    return listed(request, statuses)


def _json_lines(signals: Iterable[Signal]) -> Iterator[str]:
    for one in signals:
        yield SignalView.model_validate(one).model_dump_json() + "\n"


def _csv(signals: Iterable[Signal]) -> Iterator[str]:
    """Yield RFC 4180 lines, the first with names; on every page, so that each file stands alone."""
    row = StringIO()
    writer = csv.writer(row)
    writer.writerow((*_LIFE, *_TERMS, *_MORE))
    for one in signals:
        view = SignalView.model_validate(one).model_dump(mode="json")
        values = [view[name] for name in _LIFE] + [view["terms"][name] for name in (*_TERMS, *_MORE)]
        writer.writerow(_cell(value) for value in values)
    yield row.getvalue()


def _cell(value: object) -> object:
    """Return ``value`` as a cell; a text that a spreadsheet would run as a formula gets a quote before it.

    OWASP, CSV injection: prepend a single quote to cells that begin with one of these characters.
    """
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
