"""Reading the event store on: a batch is read, counted and the cursor moved, each event once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from analytics.model.counting import counted
from analytics.model.facts import Fact
from analytics.model.figures import EventId
from analytics.ports import Advance, Chain, EventStore, Head, Projections, Reading, Stored
from analytics.ports.projection import ConsumerName
from analytics.service.facts import ACCEPT, TOPICS, fact_of
from kit import clock, events, telemetry
from kit.errors import Poison

BATCH: Final = 1000
"""Events of one step; a step is one transaction."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step did: events read, facts counted, the age of the oldest, whether all is in."""

    read: int = 0
    facts: int = 0
    age: timedelta = timedelta()
    done: bool = False


@dataclass
class _Batch:
    """What was read so far."""

    readings: list[Reading]
    facts: list[Fact]
    unread: dict[EventId, str]
    told_at: list[datetime]

    def take(self, one: Stored) -> None:
        """Take in one event of the store."""
        if one.value is None or one.type not in ACCEPT:
            return
        try:
            event = events.decode(one.value, ACCEPT)
            fact = fact_of(event, one.index) if event else None
        except Poison as error:
            self.unread[EventId(one.event_id or f"number {one.index}")] = str(error)
            return
        if event is not None and fact is not None:
            self.facts.append(fact)
            self.told_at.append(event.time)


@dataclass(frozen=True, slots=True)
class Projector:
    """Moves one consumer at a time; any number of them may run beside each other, one gets the step."""

    store: EventStore
    projections: Projections
    now: Callable[[], datetime] = clock.now

    def step(self, name: ConsumerName, at_most: int = BATCH) -> Stepped:
        """Read on from where ``name`` is, at most ``at_most`` events, and count them.

        ``done``: everything recorded when it began is in. A step that another one got first did nothing.
        """
        began = self.now()
        behind = _behind(self.store.heads(), self.projections.positions(name))
        if not behind:
            self.projections.caught_up(name, began)
            return Stepped(done=True)
        batch = self._read(behind, at_most)
        step = Advance(name, batch.readings, batch.facts, batch.unread)
        advanced = self.projections.advance(step, counted)
        if advanced is None:
            return Stepped()
        if batch.unread:
            telemetry.count("EventsUnread", len(batch.unread))
        for event_id, reason in batch.unread.items():
            telemetry.warning("an event fits no schema and is in no figure", event_id=event_id, reason=reason)
        read = sum(one.index - one.after for one in batch.readings)
        age = self.now() - min(batch.told_at) if batch.told_at else timedelta()
        return Stepped(read, advanced.facts, age)

    def _read(self, behind: list[tuple[Head, int]], at_most: int) -> _Batch:
        batch = _Batch([], [], {}, [])
        left = at_most
        for head, after in behind:
            if left <= 0:
                break
            found = self.store.read(head.chain, after, left)
            for one in found:
                batch.take(one)
            if found:
                batch.readings.append(Reading(head.chain, after, found[-1].index))
            left -= len(found)
        return batch


def _behind(heads: Sequence[Head], positions: Mapping[Chain, int]) -> list[tuple[Head, int]]:
    """Return the chains with something to read, and how far each was read; the longest waiting first."""
    wanted = [(head, positions.get(head.chain, 0)) for head in heads if head.chain.topic in TOPICS]
    return sorted(
        ((head, after) for head, after in wanted if head.length > after), key=lambda one: one[0].recorded_at
    )
