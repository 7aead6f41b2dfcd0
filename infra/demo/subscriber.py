"""A subscriber with the reference client, and a notebook that an auditor can check afterwards."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.people import Person
from treum_client import Gap, Stream

CHANNEL = "signals"


@dataclass(slots=True)
class Subscriber:
    """One stream. ``offsets`` and ``events`` (ids) are every delivery in order; ``signals`` by id.

    ``ahead`` is how far the clock of the platform was moved.
    """

    person: Person
    ws: str
    ahead: timedelta = timedelta(0)
    offsets: list[int] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    signals: dict[str, dict[str, Any]] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    drops: int = 0
    stream: Stream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = Stream(
            self.ws,
            self._ticket,
            on_event=self._take,
            on_gap=self.gaps.append,
            on_error=self.errors.append,
            ping_s=2.0,
            patience_s=0.5,
        )

    def drop(self) -> None:
        """Cut the connection, as a lost network does."""
        self.drops += 1
        self.stream.drop()

    def missing(self) -> int:
        """Return how many offsets between the first and the last were neither delivered nor told as a gap."""
        if not self.offsets:
            return 0
        told = {offset for gap in self.gaps for offset in range(gap.first, gap.last + 1)}
        wanted = set(range(min(self.offsets), max(self.offsets) + 1))
        return len(wanted - set(self.offsets) - told)

    def doubled(self) -> int:
        """Return how many deliveries repeated an offset, or brought one event under two offsets."""
        twice = (Counter(self.offsets), Counter(self.events))
        return sum(many - 1 for counted in twice for many in counted.values())

    async def _ticket(self) -> str:
        asked = await asyncio.to_thread(self.person.client.post, "/api/v1/realtime/tickets", {})
        return str(asked["ticket"])

    def _take(self, _channel: str, frame: dict[str, Any]) -> None:
        self.offsets.append(frame["offset"])
        event = frame["event"]
        self.events.append(event["id"])
        if event["type"] != "signal.published":
            return
        published = datetime.fromisoformat(frame["published_at"])
        if self.stream.positions[CHANNEL].exact:
            late = datetime.now(tz=UTC) + self.ahead - published
            self.latencies_ms.append(late.total_seconds() * 1000)
        self.signals[event["data"]["signal_id"]] = event["data"]
