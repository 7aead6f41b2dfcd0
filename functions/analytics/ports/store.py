"""The event store, as its readers see it: one chain a topic and partition, without gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


class Chain(NamedTuple):
    """The events of one partition of a topic, in the order they were told."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Head:
    """How long a chain is, and when its last event was recorded."""

    chain: Chain
    length: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """An event at ``index`` (from 1) of its chain; ``value`` is None for a repeated one or a tombstone."""

    index: int
    event_id: str | None
    type: str | None
    recorded_at: datetime
    value: bytes | None


class EventStore(Protocol):
    """Read only. What has been read up to an index is all there is up to it, for ever."""

    def heads(self) -> Sequence[Head]:
        """Return the end of every chain. Raises ``Retryable`` while there is no store."""

    def read(self, chain: Chain, after: int, at_most: int) -> Sequence[Stored]:
        """Return the events past the index ``after``, in order."""
