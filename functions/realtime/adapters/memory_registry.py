"""Tickets and the registry in memory. One contract suite runs on these and on the real adapters."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from kit.identity import Caller, Plan
from realtime.errors import SessionEnded, TooManyChannels, TooManyConnections
from realtime.model import ChannelKey, ConnectionId, Registration, notice_at, shard_of


class MemoryTickets:
    """See :class:`realtime.ports.Tickets`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Caller, float]] = {}

    def keep(self, ticket: str, caller: Caller, at: float) -> None:
        """Keep who ``ticket`` stands for."""
        self._kept[ticket] = (replace(caller, limit=None), at)

    def take(self, ticket: str) -> tuple[Caller, float] | None:
        """Return it once."""
        return self._kept.pop(ticket, None)


class MemoryRegistry:
    """See :class:`realtime.ports.Registry`."""

    def __init__(self, shards: int) -> None:
        self._shards = shards
        self._known: dict[ConnectionId, Registration] = {}
        self._channels: dict[ConnectionId, set[ChannelKey]] = defaultdict(set)
        self._due: dict[ConnectionId, float] = {}
        self._plans: dict[str, tuple[Plan, float]] = {}

    def register(self, connection: Registration, most: int) -> None:
        """Register."""
        plan, at = self._plans.get(connection.subject, (connection.plan, 0.0))
        if plan != connection.plan and connection.ticket_at < at:
            raise SessionEnded
        if connection.id not in self._known and len(self.of_subject(connection.subject)) >= most:
            raise TooManyConnections
        self._known[connection.id] = connection
        self._due.setdefault(connection.id, notice_at(connection.id, connection.connected_at))

    def forget(self, connections: Sequence[ConnectionId]) -> None:
        """Remove connections."""
        for one in connections:
            self._known.pop(one, None)
            self._channels.pop(one, None)
            self._due.pop(one, None)

    def subscribe(self, connection: ConnectionId, channel: ChannelKey, most: int) -> bool:
        """Add a subscription."""
        if connection not in self._known:
            return False
        channels = self._channels[connection]
        if channel not in channels and len(channels) >= most:
            raise TooManyChannels
        channels.add(channel)
        return True

    def unsubscribe(self, connection: ConnectionId, channel: ChannelKey) -> None:
        """Remove a subscription."""
        self._channels[connection].discard(channel)

    def channels(self, connection: ConnectionId) -> tuple[ChannelKey, ...] | None:
        """Return the connection's channels."""
        return tuple(sorted(self._channels[connection])) if connection in self._known else None

    def subscribers(self, channel: ChannelKey) -> Mapping[int, Sequence[ConnectionId]]:
        """Return the subscribers by shard."""
        found: dict[int, list[ConnectionId]] = defaultdict(list)
        for one, channels in self._channels.items():
            if channel in channels:
                found[shard_of(one, self._shards)].append(one)
        return found

    def of_subject(self, subject: str) -> Sequence[Registration]:
        """Return the live connections of a user."""
        return sorted((one for one in self._known.values() if one.subject == subject), key=lambda one: one.id)

    def change_plan(self, subject: str, plan: Plan, at: float) -> None:
        """Remember the change."""
        self._plans[subject] = (plan, at)

    def due(self, now: float, at_most: int) -> Sequence[ConnectionId]:
        """Return connections whose notice is due."""
        return sorted((one for one, at in self._due.items() if at <= now), key=self._due.__getitem__)[
            :at_most
        ]

    def noticed(self, connections: Sequence[ConnectionId]) -> None:
        """Note that the notice was sent."""
        for one in connections:
            self._due.pop(one, None)
