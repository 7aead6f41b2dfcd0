"""An event store in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from analytics.ports import Chain, Head, Stored
from kit import clock, events
from kit.events import Event


class MemoryEventStore:
    """Lists by chain."""

    def __init__(self) -> None:
        self._chains: dict[Chain, list[Stored]] = {}

    def tell(self, event: Event[Any], partition: int = 0, at: datetime | None = None) -> None:
        """Record ``event`` behind its partition, as the audit consumer would."""
        self.put(Chain(event.data.TOPIC, partition), event.id, event.type, events.encode(event), at)

    def put(
        self,
        chain: Chain,
        event_id: str | None,
        kind: str | None,
        value: bytes | None,
        at: datetime | None = None,
    ) -> None:
        """Record anything."""
        known = self._chains.setdefault(chain, [])
        known.append(Stored(len(known) + 1, event_id, kind, at or clock.now(), value))

    def heads(self) -> Sequence[Head]:
        """Look."""
        return [
            Head(chain, len(known), known[-1].recorded_at) for chain, known in sorted(self._chains.items())
        ]

    def read(self, chain: Chain, after: int, at_most: int) -> Sequence[Stored]:
        """Slice."""
        return self._chains.get(chain, [])[after : after + at_most]
