"""End what a user may no longer have: after a change of plan, and when sessions are revoked."""

from collections.abc import Callable, Sequence

from kit.events import Event
from kit.events.user_events import UserPlanChanged, UserSessionsRevoked
from realtime import frames
from realtime.errors import SessionEnded
from realtime.model import Registration, loses, shard_of
from realtime.ports import FanoutQueue, Parcel, Plans, Registry


class Entitlement:
    """The end of a connection travels the way of its frames, so it never overtakes one."""

    def __init__(
        self, plans: Callable[[], Plans], registry: Registry, queue: FanoutQueue, shards: int
    ) -> None:
        self._plans = plans
        self._registry = registry
        self._queue = queue
        self._shards = shards

    def record_plan(self, event: Event[UserPlanChanged]) -> None:
        """Keep the plan, in the open transaction."""
        data = event.data
        self._plans().change(data.user_id, data.plan, event.version, data.changed_at, data.valid_until)

    def apply_plan(self, event: Event[UserPlanChanged]) -> None:
        """End the user's connections that lost a channel; tell the others to come back with the new plan."""
        data = event.data
        # the mark first: a connection that registers now is either refused by it or found below
        self._registry.change_plan(data.user_id, data.plan, data.changed_at.timestamp())
        found = [one for one in self._registry.of_subject(data.user_id) if one.plan != data.plan]
        ended = [one for one in found if loses(one.plan, data.plan)]
        kept = [one for one in found if not loses(one.plan, data.plan)]
        self._end(ended, frames.error("ENTITLEMENT_ENDED", "your plan no longer includes this connection"))
        self._queue.send([self._parcel(one, frames.reconnect(0)) for one in kept])

    def end_sessions(self, event: Event[UserSessionsRevoked]) -> None:
        """End the connections of the revoked sessions: of the families named, or of all."""
        data = event.data
        found = [
            one
            for one in self._registry.of_subject(data.user_id)
            if (one.family in data.families if data.families else one.ticket_at < data.not_before)
        ]
        self._end(found, frames.error(SessionEnded.code, "sign in again"))

    def _end(self, ended: Sequence[Registration], frame: bytes) -> None:
        self._queue.send([self._parcel(one, frame, close=True) for one in ended])
        self._registry.forget([one.id for one in ended])

    def _parcel(self, one: Registration, frame: bytes, *, close: bool = False) -> Parcel:
        return Parcel(shard_of(one.id, self._shards), [one.id], frame, close)
