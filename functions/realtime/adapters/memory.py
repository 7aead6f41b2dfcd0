"""The ports in memory. One contract suite runs on these and on the real adapters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from kit.identity import Plan
from realtime.model import DELAYED_A_DAY, HISTORY_S, ChannelKey, ConnectionId, Head, Stored
from realtime.ports import Due, Parcel


class MemoryChannels:
    """See :class:`realtime.ports.Channels`."""

    def __init__(self, epoch: str = "epoch-1") -> None:
        self._epoch = epoch
        self._entries: dict[ChannelKey, list[tuple[str, Stored]]] = defaultdict(list)
        self._heads: dict[ChannelKey, int] = defaultdict(int)

    def append(self, channel: ChannelKey, event_id: str, published_at: datetime, event: bytes) -> Stored:
        """Give the event its offset."""
        for known, entry in self._entries[channel]:
            if known == event_id:
                return entry
        self._heads[channel] += 1
        entry = Stored(channel, self._epoch, self._heads[channel], published_at, event)
        self._entries[channel].append((event_id, entry))
        return entry

    def places(self, event_id: str) -> Sequence[Stored]:
        """Return the entries of an event."""
        found = [entry for all_of in self._entries.values() for known, entry in all_of if known == event_id]
        return sorted(found, key=lambda entry: entry.channel)

    def head(self, channel: ChannelKey) -> Head:
        """Return the head."""
        return Head(self._epoch, self._heads[channel])

    def since(self, channel: ChannelKey, after: int, at_most: int) -> Sequence[Stored]:
        """Return the kept entries above ``after``."""
        return [entry for _, entry in self._entries[channel] if entry.offset > after][:at_most]

    def prune(self, now: datetime) -> int:
        """Drop old history."""
        before, dropped = now - timedelta(seconds=HISTORY_S), 0
        for channel, entries in self._entries.items():
            kept = [one for one in entries if one[1].published_at >= before]
            dropped += len(entries) - len(kept)
            self._entries[channel] = kept
        return dropped


class MemoryHistory:
    """See :class:`realtime.ports.History`."""

    def __init__(self) -> None:
        self._heads: dict[ChannelKey, Head] = {}
        self._frames: dict[ChannelKey, dict[int, bytes]] = defaultdict(dict)
        self._latest: dict[ChannelKey, tuple[int, bytes]] = {}

    def remember(self, channel: ChannelKey, head: Head, frame: bytes) -> None:
        """Add a frame and raise the head."""
        self.note(channel, head)
        self._frames[channel][head.offset] = frame

    def note(self, channel: ChannelKey, head: Head) -> None:
        """Raise the head."""
        known = self._heads.get(channel)
        if known is not None and known.epoch != head.epoch:
            self._frames[channel].clear()
        if known is None or known.epoch != head.epoch or known.offset < head.offset:
            self._heads[channel] = head

    def heads(self, channels: Sequence[ChannelKey]) -> Mapping[ChannelKey, Head]:
        """Return the heads that are known."""
        return {one: self._heads[one] for one in channels if one in self._heads}

    def since(self, channel: ChannelKey, after: int, to: int) -> Sequence[tuple[int, bytes]]:
        """Return what is cached."""
        return [(at, frame) for at, frame in sorted(self._frames[channel].items()) if after < at <= to]

    def latest(self, channel: ChannelKey) -> bytes | None:
        """Return the newest frame."""
        return self._latest[channel][1] if channel in self._latest else None

    def keep_latest(self, channel: ChannelKey, version: int, frame: bytes) -> bool:
        """Keep the frame unless a newer one is there."""
        if channel in self._latest and self._latest[channel][0] >= version:
            return False
        self._latest[channel] = (version, frame)
        return True


class MemoryDelayed:
    """See :class:`realtime.ports.Delayed`."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[datetime, str, str, bytes]] = {}
        self._done: set[str] = set()

    def schedule(self, event_id: str, signal_id: str, event: bytes, due_at: datetime, day: str) -> bool:
        """Plan a signal unless the day is full."""
        if event_id in self._rows or sum(row[2] == day for row in self._rows.values()) >= DELAYED_A_DAY:
            return False
        self._rows[event_id] = (due_at, signal_id, day, event)
        return True

    def follow(self, event_id: str, signal_id: str, event: bytes, due_at: datetime) -> bool:
        """Plan what came of a planned signal."""
        if event_id in self._rows or all(row[1] != signal_id for row in self._rows.values()):
            return False
        self._rows[event_id] = (due_at, signal_id, "", event)
        return True

    def due(self, now: datetime, at_most: int) -> Sequence[Due]:
        """Return what is due."""
        waiting = [
            (row[0], one) for one, row in self._rows.items() if one not in self._done and row[0] <= now
        ]
        return [Due(one, self._rows[one][3]) for _, one in sorted(waiting)[:at_most]]

    def done(self, event_id: str, at: datetime) -> None:
        """Note that it was handed on."""
        del at
        self._done.add(event_id)


class MemoryPlans:
    """See :class:`realtime.ports.Plans`."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Plan, datetime | None]] = {}

    def plan_of(self, subject: str, claimed: Plan, now: datetime) -> Plan:
        """Return the plan that events told of; free once it ran out."""
        _, plan, until = self._known.get(subject, (0, claimed, None))
        return plan if until is None or until > now else "free"

    def change(self, subject: str, plan: Plan, version: int, at: datetime, until: datetime | None) -> None:
        """Keep the plan unless a later version is known."""
        del at
        if self._known.get(subject, (0,))[0] < version:
            self._known[subject] = (version, plan, until)


class MemoryQueue:
    """See :class:`realtime.ports.FanoutQueue`; keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Parcel] = []

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Keep the parcels."""
        self.sent.extend(parcels)


class MemoryOutbound:
    """See :class:`realtime.ports.Outbound`; keeps what each connection was sent. ``gone`` are not there."""

    def __init__(self) -> None:
        self.frames: dict[ConnectionId, list[bytes]] = defaultdict(list)
        self.closed: set[ConnectionId] = set()
        self.gone: set[ConnectionId] = set()

    def post(self, connection: ConnectionId, frames: Iterable[bytes]) -> bool:
        """Keep the frames."""
        if connection in self.gone:
            return False
        self.frames[connection].extend(frames)
        return True

    def close(self, connection: ConnectionId) -> None:
        """End the connection."""
        self.closed.add(connection)
