"""Facts that domains tell one another: CloudEvents 1.0, structured JSON, one frozen Struct a type.

An event is made with :func:`new`, written with :func:`encode` and read with a :class:`Reader`. The data
types live beside this module, one file a topic; :mod:`kit.events.catalogue` lists them all. Readers
ignore fields they do not know, so a field may be added; nothing is ever removed or given another
meaning within one schema version.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec

from kit import clock, ids
from kit.errors import Poison

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its zone; one without is refused."""


class Data(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all event data. ``TYPE`` names the fact (past tense), ``TOPIC`` where it is published.

    Frozen and made of plain values, so no cycle can pass through it: the collector need not look.
    """

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]
    SOURCE: ClassVar[str]
    SCHEMA_VERSION: ClassVar[int] = 1


D = TypeVar("D", bound=Data)


class Event(msgspec.Struct, Generic[D], frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One CloudEvent.

    ``subject`` is the aggregate's id and the Kafka key; ``version`` the aggregate's version after the
    change (1, 2, …). ``correlationid`` is the id of the first event of the story, ``causationid`` the
    id of the event that led to this one. ``traceparent`` is W3C trace context.
    """

    id: str
    type: str
    source: str
    subject: str
    time: Moment
    dataschema: str
    data: D
    version: int
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    specversion: str = ""
    datacontenttype: str = ""


class _Sealed(msgspec.Struct, frozen=True):
    """Of the envelope, what shows whether anybody here wants it."""

    type: str


SPECVERSION = "1.0"
_encoder = msgspec.json.Encoder()
_sealed = msgspec.json.Decoder(_Sealed)
_ID_ENDS = len('{"id":"') + 36
_BEFORE_TYPE = b'","type":"'
_TYPE_BEGINS = _ID_ENDS + len(_BEFORE_TYPE)


@cache
def _kind(data: type[D]) -> type[Event[D]]:
    """Return the envelope of one data type: a plain class, because msgspec reads generic ones slower."""
    return msgspec.defstruct(  # type: ignore[return-value]  # what it returns is known only as a Struct
        f"{data.__name__}Event",
        [("data", data)],
        bases=(Event,),
        frozen=True,
        kw_only=True,
        omit_defaults=True,
    )


@cache
def _opener(data: type[D]) -> msgspec.json.Decoder[Event[D]]:
    return msgspec.json.Decoder(_kind(data))


def schema_uri(data: type[Data]) -> str:
    """Return the ``dataschema`` of a data type, such as ``urn:treum:schema:signal.published:1``."""
    return f"urn:treum:schema:{data.TYPE}:{data.SCHEMA_VERSION}"


def new(
    data: D, *, subject: str, version: int, cause: Event[Any] | None = None, traceparent: str | None = None
) -> Event[D]:
    """Return a new event that tells ``data`` of the aggregate ``subject`` at ``version``; time is now."""
    made = ids.uuid7()
    return _kind(type(data))(
        id=made,
        type=data.TYPE,
        source=data.SOURCE,
        subject=subject,
        time=clock.now(),
        dataschema=schema_uri(type(data)),
        data=data,
        version=version,
        correlationid=cause.correlationid if cause else made,
        causationid=cause.id if cause else None,
        traceparent=traceparent or (cause.traceparent if cause else None),
        specversion=SPECVERSION,
        datacontenttype="application/json",
    )


def encode(event: Event[Any]) -> bytes:
    """Return the JSON of ``event``: times RFC 3339 with ``Z``, decimals as strings."""
    return _encoder.encode(event)


class Reader(Generic[D]):
    """Reads events of the types in ``accept`` (by their ``TYPE``); made once, for every record.

    What it read last comes first: most batches are of one type, and its mark is found by one comparison.
    """

    def __init__(self, accept: Mapping[str, type[D]]) -> None:
        self._known: dict[str, tuple[bytes, Callable[[bytes], Event[D]], str]] = {
            name: (_BEFORE_TYPE + data.TYPE.encode() + b'"', _opener(data).decode, data.TYPE)
            for name, data in accept.items()
        }
        self._last = next(iter(self._known.values()), None)

    def read(self, raw: bytes) -> Event[D] | None:
        """Return the event in ``raw``, or ``None`` when its type is not accepted.

        Raises :class:`Poison` when it is no CloudEvent of ours or its data does not fit its type.
        """
        found = self._last
        try:
            if found is None or not raw.startswith(found[0], _ID_ENDS):
                found = self._known.get(_type_of(raw))
                if found is None:
                    return None
                self._last = found
            event = found[1](raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, ArithmeticError) as error:
            raise Poison(f"the record is not an event that can be read: {error}") from error
        if event.specversion != SPECVERSION or event.type != found[2]:
            raise Poison(
                f"not a {found[2]} of CloudEvents {SPECVERSION}, but {event.type} {event.specversion!r}"
            )
        return event


def _type_of(raw: bytes) -> str:
    if raw.startswith(_BEFORE_TYPE, _ID_ENDS):  # as encode() writes it: the type is at its place
        return raw[_TYPE_BEGINS : raw.index(b'"', _TYPE_BEGINS)].decode()
    return _sealed.decode(raw).type


def decode(raw: bytes, accept: Mapping[str, type[D]]) -> Event[D] | None:
    """Return the one event in ``raw`` as a :class:`Reader` of ``accept`` does."""
    return Reader(accept).read(raw)
