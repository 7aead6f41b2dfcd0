"""Give a fact its offsets, and hand its frames to the workers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kit import events
from kit.errors import Poison
from kit.events import Event
from kit.events.trading_signals import (
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
)
from realtime import frames
from realtime.model import DELAY_S, MAX_FRAME_BYTES, SIGNALS, SIGNALS_DELAYED, ChannelKey, Head, Stored
from realtime.ports import Channels, Delayed, FanoutQueue, History, Parcel, Registry

_INDIA = ZoneInfo("Asia/Kolkata")
_DUE_AT_ONCE = 200
SignalEvent = (
    Event[SignalPublished]
    | Event[SignalRevised]
    | Event[SignalRecalled]
    | Event[SignalClosed]
    | Event[SignalCancelled]
)


class Publishing:
    """From a signal's event to frames on their way.

    Truth first, copy second, registry third, workers last: a subscriber registers before it reads the
    head, so either the registry shows it or the head does.
    """

    def __init__(
        self, channels: Channels, delayed: Delayed, history: History, registry: Registry, queue: FanoutQueue
    ) -> None:
        self._channels = channels
        self._delayed = delayed
        self._history = history
        self._registry = registry
        self._queue = queue

    def record_signal(self, event: SignalEvent) -> None:
        """Give the event its place on ``signals`` and plan its delay, in the open transaction."""
        raw = events.encode(event)
        if len(raw) > MAX_FRAME_BYTES - 512:
            raise Poison(f"a frame holds at most {MAX_FRAME_BYTES} bytes, the event has {len(raw)}")
        self._channels.append(SIGNALS, event.id, event.time, raw)
        due_at = event.time + timedelta(seconds=DELAY_S)
        if isinstance(event.data, SignalPublished):
            day = event.time.astimezone(_INDIA).date().isoformat()
            self._delayed.schedule(event.id, event.subject, raw, due_at, day)
        else:
            self._delayed.follow(event.id, event.subject, raw, due_at)

    def send_signal(self, event_id: str) -> None:
        """Hand the event's frame on ``signals`` to the workers: after the commit, and again when in doubt."""
        for entry in self._channels.places(event_id):
            if entry.channel == SIGNALS:
                self._distribute(entry)

    def publish_due(self, now: datetime) -> int:
        """Publish what is due on ``signals-delayed``; return how many. Safe to repeat at any point."""
        found = self._delayed.due(now, _DUE_AT_ONCE)
        for one in found:
            self._distribute(self._channels.append(SIGNALS_DELAYED, one.event_id, now, one.event))
            self._delayed.done(one.event_id, now)
        return len(found)

    def confirm_heads(self) -> None:
        """Raise the copied heads to the true ones.

        A Redis that came back from an older copy knows a lower head: who resumes there misses the tail, and
        no pong would show it before the next event.
        """
        for channel in (SIGNALS, SIGNALS_DELAYED):
            self._history.note(channel, self._channels.head(channel))

    def publish_latest(self, channel: ChannelKey, version: int, at: datetime, value: bytes) -> bool:
        """Publish a newest value; False when a newer one is out already."""
        frame = frames.latest(channel, version, at, value)
        if not self._history.keep_latest(channel, version, frame):
            return False
        self._queue.send(self._parcels(channel, frame))
        return True

    def _distribute(self, entry: Stored) -> None:
        frame = frames.event(entry)
        self._history.remember(entry.channel, Head(entry.epoch, entry.offset), frame)
        self._queue.send(self._parcels(entry.channel, frame))

    def _parcels(self, channel: ChannelKey, frame: bytes) -> list[Parcel]:
        found = self._registry.subscribers(channel)
        return [Parcel(shard, connections, frame) for shard, connections in found.items()]
