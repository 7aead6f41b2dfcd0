"""The frames of the protocol: what clients send (decoded strictly) and what they get (encoded once)."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from realtime.model import Channel, Head, Resume, Stored, public_name

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Offset = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_encode = msgspec.json.encode


class SinceFrame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the client stopped."""

    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    offset: _Offset


class Subscribe(msgspec.Struct, frozen=True):
    """``{"action": "subscribe", "channel": …, "since": {"epoch": …, "offset": …}}``."""

    channel: _Name
    since: SinceFrame | None = None
    action: str = "subscribe"


class Unsubscribe(msgspec.Struct, frozen=True):
    """``{"action": "unsubscribe", "channel": …}``."""

    channel: _Name
    action: str = "unsubscribe"


class Ping(msgspec.Struct, frozen=True):
    """``{"action": "ping"}``, every five minutes."""

    action: str = "ping"


def event(entry: Stored) -> bytes:
    """Return the frame of a history entry; the same bytes each time it is made."""
    name = _encode(public_name(entry.channel))
    return b'{"type":"event","channel":%b,"offset":%d,"published_at":"%b","event":%b}' % (
        name,
        entry.offset,
        stamp(entry.published_at).encode(),
        entry.event,
    )


def latest(name: str, version: int, published_at: datetime, value: bytes) -> bytes:
    """Return the frame of a latest-value channel; ``version`` tells the client which is newer."""
    return b'{"type":"event","channel":%b,"offset":%d,"published_at":"%b","event":%b}' % (
        _encode(name),
        version,
        stamp(published_at).encode(),
        value,
    )


def stamp(at: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds: latency is measured from it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def subscribed(channel: Channel, resume: Resume | None) -> bytes:
    """Return the answer to a subscribe; a latest-value channel has neither epoch nor offset."""
    frame: dict[str, Any] = {"type": "subscribed", "channel": channel.name}
    if resume is not None:
        frame |= {"epoch": resume.head.epoch, "offset": resume.head.offset, "recovered": resume.recovered}
    return _encode(frame)


def unsubscribed(channel: str) -> bytes:
    """Return the answer to an unsubscribe."""
    return _encode({"type": "unsubscribed", "channel": channel})


def gap(channel: Channel, first: int, head: Head) -> bytes:
    """Return what says that ``first`` up to the head cannot be had any more, and where the state is."""
    frame = {"type": "gap", "channel": channel.name, "from": first, "to": head.offset}
    return _encode(frame | {"snapshot": channel.snapshot})


def pong(heads: dict[str, Head]) -> bytes:
    """Return the answer to a ping: the newest offset of each exact channel the connection has."""
    return _encode({"type": "pong", "heads": {name: head.offset for name, head in heads.items()}})


def reconnect(after_ms: int) -> bytes:
    """Return the notice that the socket will end: connect anew after ``after_ms``."""
    return _encode({"type": "reconnect", "after_ms": after_ms})


def error(code: str, detail: str = "") -> bytes:
    """Return an error frame."""
    return _encode({"type": "error", "code": code} | ({"detail": detail} if detail else {}))
