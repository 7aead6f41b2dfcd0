"""An entry of a chain, and the exact bytes its hash covers.

There is one chain for each partition of each topic. The hash of an entry is SHA-256 over::

    "treum-audit-entry/1" 0x00
    hash of the entry before, 32 bytes (zeros before the first)
    topic, as its length (4 bytes) and UTF-8
    partition (4), index (8), offset (8), Kafka's timestamp in ms (8), time of recording in µs (8)
    kind (1): 0 a record, 1 a repeated one, 2 a tombstone
    key, as its length (4) and bytes; ff ff ff ff without one
    SHA-256 of the record's value, 32 bytes

with numbers big-endian. ``audit.link_hash`` in PostgreSQL computes the same.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NewType

EntryId = NewType("EntryId", str)
GENESIS = bytes(32)
_TAG = b"treum-audit-entry/1\x00"
_NO_KEY = b"\xff\xff\xff\xff"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(IntEnum):
    """What stands in the chain: ``REPEATED`` names content that an earlier entry holds."""

    RECORD = 0
    REPEATED = 1
    TOMBSTONE = 2


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """One partition of one topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is read from a record's value for searching; all None where it is no event."""

    event_id: str | None = None
    type: str | None = None
    subject: str | None = None
    actor: str | None = None
    happened_at: datetime | None = None


NOTHING = Facts()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record as Kafka holds it; ``value`` is None for a tombstone."""

    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    facts: Facts = NOTHING

    @property
    def content(self) -> bytes:
        """The SHA-256 of the value."""
        return hashlib.sha256(self.value or b"").digest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in its chain. ``value`` is None for a repeated record and a tombstone."""

    id: EntryId
    chain: Chain
    index: int
    offset: int
    kind: Kind
    timestamp_ms: int
    recorded_at: datetime
    key: bytes | None
    value: bytes | None
    content: bytes
    hash: bytes
    facts: Facts = NOTHING

    def after(self, previous: bytes) -> bytes:
        """Return the hash this entry has behind an entry with the hash ``previous``."""
        topic, chain = self.chain.topic.encode(), self.chain
        numbers = (self.offset, self.timestamp_ms, microseconds(self.recorded_at))
        parts = [_TAG, previous, len(topic).to_bytes(4, "big"), topic]
        parts += [chain.partition.to_bytes(4, "big"), self.index.to_bytes(8, "big")]
        parts += [number.to_bytes(8, "big", signed=True) for number in numbers]
        parts += [bytes([self.kind]), _with_length(self.key), self.content]
        return hashlib.sha256(b"".join(parts)).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its length, and the hash of its last entry."""

    chain: Chain
    length: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """What came of a batch: how many were appended (of these as references), known already, contradicting."""

    appended: int = 0
    referenced: int = 0
    repeated: int = 0
    conflicting: int = 0

    def __add__(self, other: "Appended") -> "Appended":
        """Return the sum."""
        return Appended(
            self.appended + other.appended,
            self.referenced + other.referenced,
            self.repeated + other.repeated,
            self.conflicting + other.conflicting,
        )


def run_on(previous: bytes, entries: Iterable[Entry]) -> bytes:
    """Return the hash at the end of ``entries`` that follow an entry with the hash ``previous``."""
    for one in entries:
        previous = one.after(previous)
    return previous


def microseconds(at: datetime) -> int:
    """Return Unix microseconds."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """Return the instant of Unix microseconds."""
    return _EPOCH + timedelta(microseconds=us)


def _with_length(key: bytes | None) -> bytes:
    return _NO_KEY if key is None else len(key).to_bytes(4, "big") + key
