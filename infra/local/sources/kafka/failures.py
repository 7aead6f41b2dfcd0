"""What a source gives up on, and the document that tells of it.

Source: AWS Lambda Developer Guide, "Capturing discarded batches for Amazon MSK": every destination gets the
metadata; S3 gets the whole event as ``payload`` too; a Kafka topic gets the records themselves.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from local.aws import ACCOUNT, REGION
from local.model import Destination
from local.sources.kafka.records import Record

Headers = list[tuple[str, str | bytes | None]]  # as the Kafka client takes them


@dataclass(frozen=True, slots=True)
class Failure:
    """Records that leave their partition undelivered. ``condition`` is AWS's name, ``invokes`` the tries."""

    source: str
    function: str
    cluster_arn: str
    brokers: str
    condition: str
    invokes: int
    error: str | None
    records: tuple[Record, ...]
    event: bytes

    def document(self, now: float, *, whole: bool) -> dict[str, Any]:
        """Return the invocation record; ``whole`` adds the event."""
        first, last = self.records[0], self.records[-1]
        document: dict[str, Any] = {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function}",
                "condition": self.condition,
                "approximateInvokeCount": self.invokes,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": self.error,
            },
            "version": "1.0",
            "timestamp": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "KafkaBatchInfo": {
                "batchSize": len(self.records),
                "eventSourceArn": self.cluster_arn,
                "bootstrapServers": self.brokers,
                "payloadSize": len(self.event),
                "recordsInfo": {
                    f"{first.topic}-{first.partition}": {
                        "firstRecordOffset": first.offset,
                        "lastRecordOffset": last.offset,
                        "firstRecordTimestamp": first.timestamp_ms,
                        "lastRecordTimestamp": last.timestamp_ms,
                    },
                },
            },
        }
        return document | ({"payload": self.event.decode()} if whole else {})

    def object_key(self, now: float) -> str:
        """Return where the document goes in a bucket."""
        first = self.records[0]
        at = datetime.fromtimestamp(now, UTC)
        folder = f"aws/lambda/{self.source}/{first.topic}-{first.partition}/{at:%Y/%m/%d}"
        return f"{folder}/{at:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


class Destinations(Protocol):
    """Takes failures to where the template says. Raises when it could not: the source then tries again."""

    async def send(self, destination: Destination, failure: Failure) -> None:
        """Return once the failure is safe there."""


def failed_record(record: Record, failure: Failure) -> tuple[bytes | None, bytes | None, Headers]:
    """Return key, value and headers of ``record`` for a failure topic: as it was, told why in two headers."""
    told = {"condition": failure.condition, "error": failure.error, "invokes": failure.invokes}
    origin = f"{record.topic}-{record.partition}@{record.offset}"
    added: Headers = [("lambda-failure", json.dumps(told).encode()), ("lambda-origin", origin.encode())]
    return record.key, record.value, [*record.headers, *added]


def batches(records: Sequence[Record], limit: int) -> list[tuple[Record, ...]]:
    """Cut ``records`` so that no part's event passes ``limit`` bytes (one record may, alone)."""
    parts: list[tuple[Record, ...]] = []
    current: list[Record] = []
    size = 0
    for record in records:
        if current and size + record.event_size > limit:
            parts.append(tuple(current))
            current, size = [], 0
        current.append(record)
        size += record.event_size
    return [*parts, tuple(current)] if current else parts
