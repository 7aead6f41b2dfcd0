"""What the use cases need of the world. A method that changes state is one atomic command."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kit.identity import Caller, Plan
from realtime.model import ChannelKey, ConnectionId, Head, Registration, Stored


class Tickets(Protocol):
    """Single-use tickets; the ticket itself is kept nowhere, only its hash."""

    def keep(self, ticket: str, caller: Caller, at: float) -> None:
        """Keep who ``ticket`` stands for, 30 s."""

    def take(self, ticket: str) -> tuple[Caller, float] | None:
        """Return who the ticket stands for and when it was given, once; None afterwards and for any other."""


class Registry(Protocol):
    """Which connection has which channels. All of it may be lost: it is a cache of the sockets."""

    def register(self, connection: Registration, most: int) -> None:
        """Register; raises ``TooManyConnections`` or ``SessionEnded``."""

    def forget(self, connections: Sequence[ConnectionId]) -> None:
        """Remove connections and their subscriptions; unknown ones are no error."""

    def subscribe(self, connection: ConnectionId, channel: ChannelKey, most: int) -> bool:
        """Add a subscription; False when the connection is not known. Raises ``TooManyChannels``."""

    def unsubscribe(self, connection: ConnectionId, channel: ChannelKey) -> None:
        """Remove a subscription; an unknown one is no error."""

    def channels(self, connection: ConnectionId) -> tuple[ChannelKey, ...] | None:
        """Return the connection's channels; None when it is not known."""

    def subscribers(self, channel: ChannelKey) -> Mapping[int, Sequence[ConnectionId]]:
        """Return the subscribers by shard; shards without any are absent."""

    def of_subject(self, subject: str) -> Sequence[Registration]:
        """Return the live connections of a user."""

    def change_plan(self, subject: str, plan: Plan, at: float) -> None:
        """Remember that tickets given before ``at`` carry another plan than the user now has."""

    def due(self, now: float, at_most: int) -> Sequence[ConnectionId]:
        """Return connections whose reconnect notice is due."""

    def noticed(self, connections: Sequence[ConnectionId]) -> None:
        """Note that the notice was sent."""


class Channels(Protocol):
    """The truth about offsets and history (PostgreSQL)."""

    def append(self, channel: ChannelKey, event_id: str, published_at: datetime, event: bytes) -> Stored:
        """Give the event the channel's next offset, in the open transaction; the old one if it has one."""

    def places(self, event_id: str) -> Sequence[Stored]:
        """Return the entries that an event has, one a channel."""

    def head(self, channel: ChannelKey) -> Head:
        """Return the channel's head; a channel that never was is made, at offset 0."""

    def since(self, channel: ChannelKey, after: int, at_most: int) -> Sequence[Stored]:
        """Return the kept entries above ``after``, oldest first."""

    def prune(self, now: datetime) -> int:
        """Drop history older than 24 h; return how many entries."""


class History(Protocol):
    """The copy in Redis: may be lost, may have holes, never lies about what it has."""

    def remember(self, channel: ChannelKey, head: Head, frame: bytes) -> None:
        """Add the frame of ``head.offset`` and raise the head to it; a lower one never lowers it."""

    def heads(self, channels: Sequence[ChannelKey]) -> Mapping[ChannelKey, Head]:
        """Return the heads that are known."""

    def note(self, channel: ChannelKey, head: Head) -> None:
        """Raise the known head, after it was read from the truth."""

    def since(self, channel: ChannelKey, after: int, to: int) -> Sequence[tuple[int, bytes]]:
        """Return (offset, frame) of what is cached above ``after`` up to ``to``, in order."""

    def latest(self, channel: ChannelKey) -> bytes | None:
        """Return the newest frame of a latest-value channel."""

    def keep_latest(self, channel: ChannelKey, version: int, frame: bytes) -> bool:
        """Keep the frame unless a newer version is there; whether it was kept."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One frame for connections of one shard; ``then_close`` ends them after it."""

    shard: int
    connections: Sequence[ConnectionId]
    frame: bytes
    then_close: bool = False


class FanoutQueue(Protocol):
    """The way to the workers: parcels of one shard arrive in order."""

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Return when all are kept. Raises ``Retryable``."""


class Outbound(Protocol):
    """The way to one connection."""

    def post(self, connection: ConnectionId, frames: Iterable[bytes]) -> bool:
        """Send frames in order; False when the connection is gone. Raises ``Retryable``."""

    def close(self, connection: ConnectionId) -> None:
        """End the connection; one that is gone is no error."""


class Plans(Protocol):
    """The plan each user has, as far as events told."""

    def plan_of(self, subject: str, claimed: Plan, now: datetime) -> Plan:
        """Return the user's plan; ``claimed`` where no event told of another."""

    def change(self, subject: str, plan: Plan, version: int, at: datetime, until: datetime | None) -> None:
        """Keep the plan unless a later version is known; in the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event waiting for its delayed publication."""

    event_id: str
    event: bytes


class Delayed(Protocol):
    """Signals on their way to the delayed channel (PostgreSQL)."""

    def schedule(self, event_id: str, signal_id: str, event: bytes, due_at: datetime, day: str) -> bool:
        """Plan a signal's publication unless the day is full; whether it was; in the caller's transaction."""

    def follow(self, event_id: str, signal_id: str, event: bytes, due_at: datetime) -> bool:
        """Plan a later event of a signal that was planned itself; whether it was."""

    def due(self, now: datetime, at_most: int) -> Sequence[Due]:
        """Return what is due and was not handed on yet, oldest first."""

    def done(self, event_id: str, at: datetime) -> None:
        """Note that it was handed on."""
