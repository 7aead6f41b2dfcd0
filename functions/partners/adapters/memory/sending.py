"""Deliveries in memory: planned, claimed, noted."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

from partners.adapters.memory.world import AT_ONCE, Sent, World
from partners.adapters.naming import delivery_id
from partners.model.webhook import Answer, Endpoint, Message, Settlement
from partners.ports import Claimed, Health, Tried


class MemoryOutgoing:
    """See :class:`partners.ports.Outgoing`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def publish(self, message: Message, signal: str, day: date, late: datetime, at_most: int) -> int:
        """Rank it in its day, then plan."""
        ranks = self._world.ranks
        if signal not in ranks:
            ranks[signal] = (day, sum(one[0] == day for one in ranks.values()) + 1)
        return self.follow(message, signal, late, at_most)

    def follow(self, message: Message, signal: str, late: datetime, at_most: int) -> int:
        """Plan for everybody who wants it."""
        world, planned = self._world, 0
        seen_late = signal in world.ranks and world.ranks[signal][1] <= at_most
        for endpoint in world.endpoints.values():
            application = world.applications[endpoint.application_id]
            if not (endpoint.active and world.works(application) and message.type in endpoint.types):
                continue
            at_once = application.tier is not None or world.plan_of(application) in AT_ONCE
            place = delivery_id(message.id, endpoint.id)
            if place in world.deliveries or not (at_once or seen_late):
                continue
            world.messages.setdefault(message.id, message)
            due = message.created_at if at_once else late
            world.deliveries[place] = Sent(place, message.id, endpoint.id, due, message.created_at)
            planned += 1
        return planned


class MemoryQueue:
    """See :class:`partners.ports.DeliveryQueue`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def claim(self, now: datetime, until: datetime, limit: int, per_endpoint: int) -> list[Claimed]:
        """Take what is due."""
        pending = [one for one in self._world.deliveries.values() if one.state == "pending"]
        busy = Counter(one.endpoint for one in pending if one.taken_until and one.taken_until > now)
        found: list[Claimed] = []
        for one in sorted(pending, key=lambda one: (one.due_at, one.id)):
            taken = one.taken_until is not None and one.taken_until > now
            endpoint = self._world.endpoints[one.endpoint]
            if taken or one.due_at > now or busy[one.endpoint] >= per_endpoint or len(found) >= limit:
                continue
            if endpoint.active and self._world.works(self._world.applications[endpoint.application_id]):
                busy[one.endpoint] += 1
                found.append(self._begin(one, endpoint, now, until))
        return found

    def _begin(self, one: Sent, endpoint: Endpoint, now: datetime, until: datetime) -> Claimed:
        one.attempt, one.taken_until = one.attempt + 1, until
        one.tries.append(Tried(len(one.tries) + 1, now, None, None, None, None))
        return Claimed(one.id, one.attempt, len(one.tries), self._world.messages[one.message], endpoint)

    def note(self, claimed: Claimed, answer: Answer, settlement: Settlement, now: datetime) -> Health | None:
        """Write down what came of it."""
        one = self._world.deliveries.get(claimed.delivery)
        if one is None:
            return None
        place = claimed.number - 1
        one.tries[place] = replace(
            one.tries[place],
            outcome=answer.outcome,
            status=answer.status,
            excerpt=answer.excerpt,
            took_ms=answer.took_ms,
        )
        newest = len(one.tries) == claimed.number
        if one.state == "pending" and (answer.success or newest):
            one.state, one.taken_until = settlement.state, None
            one.due_at = settlement.due_at or one.due_at
            one.settled_at = None if settlement.state == "pending" else now
        endpoint = self._world.endpoints[one.endpoint]
        since = None if answer.success else endpoint.failing_since or now
        self._world.endpoints[one.endpoint] = replace(endpoint, failing_since=since)
        return Health(endpoint.active, since, endpoint.version)
