"""What a connection does: come, subscribe, resume, ping, go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit.identity import Caller
from realtime import frames
from realtime.errors import NotEntitled, Resubscribe
from realtime.model import (
    CAPS,
    REPLAY_AT_MOST,
    Channel,
    ChannelKey,
    Head,
    Registration,
    Resume,
    Since,
    channel_for,
    loses,
    public_name,
)
from realtime.ports import Channels, History, Outbound, Plans, Registry


@dataclass(frozen=True, slots=True)
class Truth:
    """What is read from PostgreSQL, where Redis does not know."""

    channels: Channels
    plans: Plans


class Subscriptions:
    """Use cases of one socket. ``truth`` opens PostgreSQL: called only where Redis cannot answer."""

    def __init__(
        self, registry: Registry, history: History, outbound: Outbound, truth: Callable[[], Truth]
    ) -> None:
        self._registry = registry
        self._history = history
        self._outbound = outbound
        self._truth = truth

    def connect(self, one: Registration) -> None:
        """Register a new socket. Raises ``TooManyConnections`` or ``SessionEnded``."""
        self._registry.register(one, CAPS[one.plan].connections)

    def disconnect(self, one: Registration) -> None:
        """Forget a socket."""
        self._registry.forget([one.id])

    def subscribe(
        self, one: Registration, caller: Caller, name: str, since: Since | None, now: datetime
    ) -> None:
        """Register first, then read the head and replay up to it; what follows comes live."""
        channel = channel_for(name, caller)
        sent: list[bytes] = []
        most = CAPS[one.plan].channels
        if not self._registry.subscribe(one.id, channel.key, most):
            sent.append(self._register_again(one, now))
            self._registry.subscribe(one.id, channel.key, most)
        if channel.exact:
            resume = self._resume(channel, since)
            sent.append(frames.subscribed(channel, resume))
            if resume.missed_from is not None:
                sent.append(frames.gap(channel, resume.missed_from, resume.head))
            sent.extend(resume.frames)
        else:
            sent.append(frames.subscribed(channel, None))
            newest = self._history.latest(channel.key)
            sent.extend([newest] if newest is not None else [])
        self._send(one, sent)

    def unsubscribe(self, one: Registration, caller: Caller, name: str) -> None:
        """End a subscription."""
        channel = channel_for(name, caller)
        self._registry.unsubscribe(one.id, channel.key)
        self._send(one, [frames.unsubscribed(channel.name)])

    def ping(self, one: Registration, now: datetime) -> None:
        """Answer with the heads of the connection's exact channels, so that a lost tail shows."""
        sent: list[bytes] = []
        keys = self._registry.channels(one.id)
        if keys is None:
            sent.append(self._register_again(one, now))
            keys = ()
        exact = [key for key in keys if not key.startswith("quotes:")]
        heads = self._history.heads(exact)
        found = {public_name(key): heads.get(key) or self._true_head(key) for key in exact}
        self._send(one, [*sent, frames.pong(found)])

    def _send(self, one: Registration, sent: list[bytes]) -> None:
        if not self._outbound.post(one.id, sent):
            self._registry.forget([one.id])

    def _register_again(self, one: Registration, now: datetime) -> bytes:
        """Register a socket the registry lost, unless its plan ended meanwhile; return what to tell it."""
        plan = self._truth().plans.plan_of(one.subject, one.plan, now)
        if loses(one.plan, plan):
            self._outbound.post(one.id, [frames.error("ENTITLEMENT_ENDED")])
            self._outbound.close(one.id)
            raise NotEntitled("the plan of this connection has ended")
        self._registry.register(one, CAPS[one.plan].connections)
        return frames.error(Resubscribe.code, Resubscribe.title)

    def _true_head(self, key: ChannelKey) -> Head:
        head = self._truth().channels.head(key)
        self._history.note(key, head)
        return head

    def _resume(self, channel: Channel, since: Since | None) -> Resume:
        head = self._history.heads([channel.key]).get(channel.key) or self._true_head(channel.key)
        if since is None:
            return Resume(head)
        if since.epoch != head.epoch or since.offset > head.offset:
            head = self._true_head(channel.key)  # a copy that was put back from an old dump is not believed
            if since.epoch != head.epoch or since.offset > head.offset:
                return Resume(head, missed_from=1)
        return self._replay(channel.key, since.offset, head)

    def _replay(self, key: ChannelKey, after: int, head: Head) -> Resume:
        wanted = range(after + 1, head.offset + 1)
        if len(wanted) > REPLAY_AT_MOST:
            return Resume(head, missed_from=after + 1)
        found = dict(self._history.since(key, after, head.offset)) if wanted else {}
        if any(offset not in found for offset in wanted):
            kept = self._truth().channels.since(key, after, len(wanted))
            found = {entry.offset: frames.event(entry) for entry in kept}
        if any(offset not in found for offset in wanted):
            return Resume(head, missed_from=after + 1)
        return Resume(head, tuple(found[offset] for offset in wanted))
