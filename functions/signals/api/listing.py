"""One page of signals, for every list: access, filters, cursor, tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kit.http import Request
from kit.http.etag import of_parts
from kit.pagination import decode_cursor, encode_cursor
from signals import bootstrap
from signals.api.access import access_of
from signals.model.signal import Signal, SignalId, Status
from signals.ports import SignalQuery
from signals.schemas.listing import LiveQueryIn, SearchIn

_FILTERS = ("symbol", "timeframe", "strategy", "analyst", "side", "since", "until", "confidence", "text")


@dataclass(frozen=True, slots=True)
class Listed:
    """The signals of a page, where the next one begins, and the tag of both."""

    signals: tuple[Signal, ...]
    next_cursor: str | None

    @property
    def etag(self) -> str:
        """A tag that changes with every change of a signal shown, and with the page's end."""
        return of_parts([*(f"{one.id}:{one.version}" for one in self.signals), self.next_cursor or "end"])


def listed(request: Request, statuses: Iterable[Status]) -> Listed:
    """Return the page that ``request`` asks for, of ``statuses`` (none: all)."""
    asked: LiveQueryIn = request.query
    wanted = SearchIn.model_fields.keys() & type(asked).model_fields.keys()
    reading = bootstrap.api.reading()
    query = SignalQuery(
        access_of(request.user),
        reading.now(),
        asked.limit + 1,
        tuple(statuses),
        after=_after(asked.cursor),
        mine=bootstrap.record.choosing().chosen(request.user.subject) if asked.mine else None,
        **{name: getattr(asked, name) for name in _FILTERS if name in wanted},
    )
    found = reading.list_signals(query)
    shown = tuple(found[: asked.limit])
    return Listed(shown, encode_cursor(_place(shown[-1])) if len(found) > asked.limit else None)


def _place(signal: Signal) -> tuple[datetime, str]:
    return signal.published_at or signal.drafted_at, signal.id


def _after(cursor: str | None) -> tuple[datetime, SignalId] | None:
    if cursor is None:
        return None
    at, signal_id = decode_cursor(cursor, tuple[datetime, UUID])
    return at, SignalId(str(signal_id))
