"""Channels, who may have them, offsets, and the shape of what is stored. Standard library only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from zlib import crc32

from kit.identity import Caller, Plan
from realtime.errors import NotEntitled, UnknownChannel

ConnectionId = NewType("ConnectionId", str)
ChannelKey = NewType("ChannelKey", str)  # the channel as stored: a user's own carry the user's id

SIGNALS = ChannelKey("signals")
SIGNALS_DELAYED = ChannelKey("signals-delayed")
DELAY_S = 15 * 60
DELAYED_A_DAY = 5
HISTORY_S = 24 * 3600
REPLAY_AT_MOST = 1000
# API Gateway ends a socket at 120 minutes: the notice comes well before, spread over five minutes
NOTICE_AFTER_S = 110 * 60
NOTICE_SPREAD_S = 5 * 60
# a registration outlives the longest socket a little, then expires by itself
REGISTRATION_S = 125 * 60
MAX_FRAME_BYTES = 32 * 1024
_QUOTES = re.compile(r"quotes:[A-Z0-9][A-Z0-9&._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Caps:
    """What a plan may hold at once: sockets of one user, channels of one socket."""

    connections: int
    channels: int


CAPS: Mapping[Plan, Caps] = {
    "free": Caps(connections=2, channels=10),
    "premium": Caps(connections=5, channels=50),
    "enterprise": Caps(connections=20, channels=200),
}
_PLANS_OF: Mapping[str, frozenset[Plan]] = {
    SIGNALS: frozenset({"premium", "enterprise"}),
    SIGNALS_DELAYED: frozenset({"free", "premium", "enterprise"}),
}
_SNAPSHOTS: Mapping[str, str] = {
    SIGNALS: "/api/v1/signals/live",
    SIGNALS_DELAYED: "/api/v1/signals/live",
    "orders": "/api/v1/trading/orders",
    "notifications": "/api/v1/notifications",
}


@dataclass(frozen=True, slots=True)
class Channel:
    """``name`` is the client's word; an ``exact`` one has offsets without holes, any other only a newest."""

    name: str
    key: ChannelKey
    exact: bool
    snapshot: str


def channel_for(name: str, caller: Caller) -> Channel:
    """Return the channel ``name`` for ``caller``. Raises ``UnknownChannel`` or ``NotEntitled``."""
    if name in _PLANS_OF:
        if caller.plan not in _PLANS_OF[name]:
            raise NotEntitled(f"the channel {name} is not part of the plan {caller.plan}")
        return Channel(name, ChannelKey(name), exact=True, snapshot=_SNAPSHOTS[name])
    if name in {"orders", "notifications"}:  # a user's own: nobody can name another's
        key = ChannelKey(f"{name}:{caller.subject}")
        return Channel(name, key, exact=True, snapshot=_SNAPSHOTS[name])
    if _QUOTES.fullmatch(name):
        symbol = name.partition(":")[2]
        return Channel(name, ChannelKey(name), exact=False, snapshot=f"/api/v1/instruments/{symbol}/candles")
    raise UnknownChannel(f"there is no channel {name[:64]!r}")


def public_name(key: ChannelKey) -> str:
    """Return what subscribers call the channel stored under ``key``."""
    name = key.partition(":")[0]
    return name if name in {"orders", "notifications"} else key


def loses(before: Plan, after: Plan) -> bool:
    """Whether a change from ``before`` to ``after`` takes a channel away."""
    return any(before in plans and after not in plans for plans in _PLANS_OF.values())


def shard_of(connection: str, shards: int) -> int:
    """Return the shard of a connection: fixed by its id, so it never moves while the socket lives."""
    return crc32(connection.encode()) % shards


def notice_at(connection: str, connected_at: float) -> float:
    """Return when (Unix seconds) the connection is told to reconnect; spread evenly by its id."""
    return connected_at + NOTICE_AFTER_S + crc32(connection.encode()[::-1]) % NOTICE_SPREAD_S


@dataclass(frozen=True, slots=True)
class Head:
    """The newest offset of a channel. Another ``epoch`` means that offsets were started anew."""

    epoch: str
    offset: int


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry of a channel's history; ``event`` is the CloudEvent's JSON."""

    channel: ChannelKey
    epoch: str
    offset: int
    published_at: datetime
    event: bytes


@dataclass(frozen=True, slots=True)
class Registration:
    """A live socket and whose it is; times in Unix seconds. ``ticket_at``: when its ticket was given."""

    id: ConnectionId
    subject: str
    plan: Plan
    family: str
    connected_at: float
    ticket_at: float


@dataclass(frozen=True, slots=True)
class Since:
    """Where a client stopped: the last offset it has of an epoch."""

    epoch: str
    offset: int


@dataclass(frozen=True, slots=True)
class Resume:
    """What to send to a subscriber: ``frames`` in order, or from ``missed_from`` on nothing can be had."""

    head: Head
    frames: tuple[bytes, ...] = ()
    missed_from: int | None = None

    @property
    def recovered(self) -> bool:
        """Whether nothing was missed."""
        return self.missed_from is None
