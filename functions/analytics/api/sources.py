"""The events behind a figure, and how fresh figures are."""

from datetime import date
from uuid import UUID

from analytics import bootstrap
from analytics.api.answers import span_of
from analytics.errors import NoSuchFigure, RangeTooLong
from analytics.model.figures import EventId, Key, Measure
from analytics.ports import SourceEvent
from analytics.schemas.questions import EventsIn
from analytics.schemas.sources import ConsumerView, FreshnessView, SourceView
from analytics.service.answering import Freshness
from kit import clock
from kit.errors import Invalid
from kit.http import Page, Request, Routes, role
from kit.http.routes import BASE_PATH
from kit.pagination import decode_cursor, encode_cursor

routes = Routes()
_BOOKS = role("auditor")


@routes.get(
    "/analytics/admin/{figure}/events",
    summary="The events behind a figure, each with what it adds and its place in the event store",
    query=EventsIn,
    reply=Page[SourceView],
    access=_BOOKS,
    errors=(NoSuchFigure, RangeTooLong),
)
def list_figure_events(request: Request) -> Page[SourceView]:
    """List a page in order of measure, day, label and event."""
    asked: EventsIn = request.query
    after = _key(asked.cursor) if asked.cursor else None
    found = bootstrap.api.answering().events_behind(
        request.path["figure"], span_of(asked), asked.label, after, asked.limit + 1
    )
    shown = found[: asked.limit]
    more = encode_cursor(_values(shown[-1].key)) if len(found) > asked.limit else None
    return Page[SourceView](items=tuple(_view(one) for one in shown), next_cursor=more)


@routes.get(
    "/analytics/admin/freshness",
    summary="How fresh figures are, and how far a rebuild is",
    reply=FreshnessView,
    access=role("auditor", "support", "compliance"),
)
def get_freshness(_request: Request) -> FreshnessView:
    """Read the consumers."""
    return FreshnessView(consumers=tuple(_consumer(one) for one in bootstrap.api.fresh()))


def _view(one: SourceEvent) -> SourceView:
    key = one.key
    return SourceView(
        event_id=UUID(key.event),
        measure=key.measure,
        day=key.day,
        label=key.label,
        amount=one.amount,
        entry=f"{BASE_PATH}/audit/entries/{key.event}",
    )


def _consumer(one: Freshness) -> ConsumerView:
    told = one.consumer
    lag = (clock.now() - told.caught_up_at).total_seconds() if told.caught_up_at else None
    return ConsumerView(
        name=told.name,
        state="active" if told.state == "active" else "building",
        rules=told.rules,
        started_at=told.started_at,
        caught_up_at=told.caught_up_at,
        switched_at=told.switched_at,
        lag_s=None if lag is None else max(0.0, lag),
        events=one.recorded,
        behind=one.behind,
        progress=1 - one.behind / one.recorded if one.recorded else 1.0,
        facts=told.facts,
        unread=told.unread,
        differences=told.differences,
    )


def _values(key: Key) -> tuple[str, date, str, str]:
    return key.measure, key.day, key.label, key.event


def _key(cursor: str) -> Key:
    """Return where a page goes on. Raises ``Invalid`` for what this list did not make."""
    measure, day, label, event = decode_cursor(cursor, tuple[Measure, date, str, UUID])
    if len(label) > 64:  # noqa: PLR2004 - as long as any label
        raise Invalid("This cursor was not made by this list: start again without it")
    return Key(measure, day, label, EventId(str(event)))
