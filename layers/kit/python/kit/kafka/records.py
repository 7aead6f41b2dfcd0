"""A batch as an MSK event source mapping delivers it, read in one pass."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

import msgspec

from kit.errors import Poison


class ItemId(TypedDict):
    """How a partial batch response names a record: ``partition`` is ``<topic>-<number>``."""

    partition: str
    offset: int


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record. ``timestamp`` is Unix milliseconds; ``value`` is None for a tombstone."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 0
    key_bytes: bytes | None = msgspec.field(name="key", default=None)
    value: bytes | None = None
    raw_headers: list[dict[str, Any]] = msgspec.field(name="headers", default_factory=list)

    @property
    def key(self) -> str | None:
        """The key as text. Bytes that are no text become replacement characters."""
        return None if self.key_bytes is None else self.key_bytes.decode(errors="replace")

    @property
    def timestamp_ms(self) -> int:
        """Unix milliseconds of the record."""
        return self.timestamp

    @property
    def headers(self) -> dict[str, bytes]:
        """Headers by name; the last of a repeated one. Lambda sends Java's signed bytes."""
        return {
            name: bytes(number & 0xFF for number in numbers)
            for header in self.raw_headers
            for name, numbers in header.items()
        }

    @property
    def item_id(self) -> ItemId:
        """The record's name in a partial batch response."""
        return {"partition": f"{self.topic}-{self.partition}", "offset": self.offset}


class _Batch(msgspec.Struct):
    records: dict[str, list[Record]]


def decode(batch: Mapping[str, Any]) -> list[Record]:
    """Return the records of a Lambda event, in order within each partition.

    Raises :class:`Poison` when the event is not a Kafka batch at all.
    """
    try:
        parts = msgspec.convert(batch, _Batch).records
    except msgspec.ValidationError as error:
        raise Poison(f"not a Kafka batch: {error}") from error
    return [record for part in parts.values() for record in part]


def failures(failed: Iterable[Record]) -> dict[str, list[dict[str, ItemId]]]:
    """Return the partial batch response that names ``failed``."""
    return {"batchItemFailures": [{"itemIdentifier": record.item_id} for record in failed]}
