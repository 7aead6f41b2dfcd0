"""Kafka records and the event a function receives for them.

Source of the shape: AWS Lambda Developer Guide, "Using Lambda with Amazon MSK", example event.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Message

# A synchronous invocation takes 6 MB; a batch is cut before its event would pass that.
MAX_EVENT_BYTES = 6 * 1024 * 1024 - 64 * 1024
_OVERHEAD = 250  # JSON around one record


@dataclass(frozen=True, slots=True)
class Record:
    """One record; ``timestamp_ms`` since the epoch, ``headers`` in order, a name may come twice."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    timestamp_type: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def event_size(self) -> int:
        """About how many bytes it takes in an event."""
        plain = len(self.key or b"") + len(self.value or b"")
        # header bytes are written as a list of numbers
        return _OVERHEAD + plain * 4 // 3 + sum(len(value) * 4 + len(name) for name, value in self.headers)


def from_message(message: Message) -> Record:
    """Return what librdkafka read."""
    kind, timestamp = message.timestamp()
    headers: Any = message.headers() or ()
    return Record(
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        timestamp_ms=timestamp,
        timestamp_type="LOG_APPEND_TIME" if kind == TIMESTAMP_LOG_APPEND_TIME else "CREATE_TIME",
        key=_raw(message.key()),
        value=_raw(message.value()),
        headers=tuple((name, value or b"") for name, value in headers),
    )


def _raw(value: Any) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def event(records: Sequence[Record], *, cluster_arn: str, brokers: str) -> bytes:
    """Return the JSON event for ``records`` of one partition."""
    first = records[0]
    return msgspec.json.encode(
        {
            "eventSource": "aws:kafka",
            "eventSourceArn": cluster_arn,
            "bootstrapServers": brokers,
            "records": {f"{first.topic}-{first.partition}": [_entry(record) for record in records]},
        },
    )


def _entry(record: Record) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp_ms,
        "timestampType": record.timestamp_type,
        "headers": [{name: list(value)} for name, value in record.headers],
    }
    # a tombstone or a record without a key lacks the member altogether
    if record.key is not None:
        entry["key"] = b64encode(record.key).decode()
    if record.value is not None:
        entry["value"] = b64encode(record.value).decode()
    return entry
