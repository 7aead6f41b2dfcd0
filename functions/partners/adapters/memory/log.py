"""The log of deliveries in memory."""

from datetime import datetime

from partners.adapters.memory.world import Sent, World
from partners.adapters.naming import delivery_id
from partners.model.application import OwnerId
from partners.model.webhook import DeliveryId, EndpointId, Message
from partners.ports import Logged, LogQuery, Tried


class MemoryLog:
    """See :class:`partners.ports.DeliveryLog`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def page(self, owner: OwnerId, endpoint: EndpointId, query: LogQuery) -> list[Logged]:
        """Return a page."""
        found = [
            one
            for one in self._world.deliveries.values()
            if one.endpoint == endpoint and self._owns(owner, one) and query.state in {None, one.state}
        ]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        if query.after is not None:
            found = [one for one in found if (one.created_at, one.id) < query.after]
        return [self._logged(one) for one in found[: query.limit]]

    def find(self, owner: OwnerId, delivery: DeliveryId) -> tuple[Logged, str, list[Tried]] | None:
        """Return one."""
        one = self._world.deliveries.get(delivery)
        if one is None or not self._owns(owner, one):
            return None
        return self._logged(one), self._world.messages[one.message].body, one.tries[-100:]

    def plan(
        self, owner: OwnerId, endpoint: EndpointId, message: Message, now: datetime
    ) -> DeliveryId | None:
        """Plan one message for one endpoint."""
        if not self._works(owner, endpoint):
            return None
        self._world.messages[message.id] = message
        place = delivery_id(message.id, endpoint)
        self._world.deliveries[place] = Sent(place, message.id, endpoint, now, message.created_at)
        return place

    def replay(
        self, owner: OwnerId, endpoint: EndpointId, delivery: DeliveryId, now: datetime
    ) -> bool | None:
        """Begin one anew."""
        one = self._world.deliveries.get(delivery)
        if one is None or one.endpoint != endpoint or not self._owns(owner, one):
            return None
        if not self._works(owner, one.endpoint):
            return False
        one.again(now)
        return True

    def replay_failed(
        self, owner: OwnerId, endpoint: EndpointId, since: datetime, at_most: int, now: datetime
    ) -> int | None:
        """Begin anew what failed."""
        if not self._works(owner, endpoint):
            return None
        failed = [
            one
            for one in self._world.deliveries.values()
            if one.endpoint == endpoint and one.state == "failed" and one.created_at >= since
        ]
        failed.sort(key=lambda one: (one.created_at, one.id))
        for one in failed[:at_most]:
            one.again(now)
        return len(failed[:at_most])

    def forget(self, before: datetime, at_most: int) -> int:
        """Delete old messages."""
        world = self._world
        old = [one.id for one in world.messages.values() if one.created_at < before][:at_most]
        for name in old:
            del world.messages[name]
            for place in [one.id for one in world.deliveries.values() if one.message == name]:
                del world.deliveries[place]
        return len(old)

    def _owns(self, owner: OwnerId, one: Sent) -> bool:
        return self._world.endpoints[one.endpoint].owner == owner

    def _works(self, owner: OwnerId, endpoint: EndpointId) -> bool:
        found = self._world.endpoints.get(endpoint)
        return found is not None and found.owner == owner and found.active

    def _logged(self, one: Sent) -> Logged:
        last = one.tries[-1] if one.tries else None
        return Logged(
            id=one.id,
            endpoint_id=one.endpoint,
            message_id=one.message,
            type=self._world.messages[one.message].type,
            state=one.state,
            tried=len(one.tries),
            outcome=last.outcome if last else None,
            status=last.status if last else None,
            created_at=one.created_at,
            due_at=one.due_at if one.state == "pending" else None,
            settled_at=one.settled_at,
        )
