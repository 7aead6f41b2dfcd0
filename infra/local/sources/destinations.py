"""Writes what could not be delivered to where the template says: S3, Kafka, SQS, SNS or a function."""

import asyncio
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from confluent_kafka import Producer

from local.aws.internal import Internal
from local.model import Destination, Invoker
from local.sources.kafka.failures import Failure, Headers, failed_record

_PRODUCE_S = 15.0
_quiet = logging.getLogger(f"{__name__}.librdkafka")
_quiet.setLevel(logging.CRITICAL)  # what it refuses is raised here


class NotDeliveredError(Exception):
    """The destination did not take it."""


class FailureDestinations:
    """One for all sources and for failed asynchronous invocations."""

    def __init__(
        self,
        internal: Internal,
        invoker: Callable[[], Invoker],
        brokers: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._internal = internal
        self._invoker = invoker
        self._brokers = brokers
        self._now = now
        self._producer: Producer | None = None
        self._turn = threading.Lock()

    async def send(self, destination: Destination, failure: Failure) -> None:
        """Write a Kafka source's failure; raises when the destination did not take it."""
        now = self._now()
        if destination.kind == "s3":
            document = json.dumps(failure.document(now, whole=True)).encode()
            await self._internal.put_object(destination.target, failure.object_key(now), document)
        elif destination.kind == "kafka":
            records = [failed_record(record, failure) for record in failure.records]
            await asyncio.to_thread(self._produce, _topic(destination.target), records)
        else:
            await self.deliver(destination, json.dumps(failure.document(now, whole=False)).encode())

    async def deliver(self, destination: Destination, body: bytes) -> None:
        """Write ``body``, an invocation record as JSON."""
        target = destination.target
        if destination.kind == "s3":
            at = datetime.fromtimestamp(self._now(), UTC)
            await self._internal.put_object(target, f"aws/lambda/async/{at:%Y/%m/%d}/{uuid.uuid4()}", body)
        elif destination.kind == "sqs":
            await self._internal.sqs("SendMessage", target, {"MessageBody": body.decode()})
        elif destination.kind == "sns":
            await self._internal.publish(target, body.decode())
        elif destination.kind == "kafka":
            await asyncio.to_thread(self._produce, _topic(target), [(None, body, [])])
        else:
            await self._invoker().invoke_async(target.rpartition(":")[2], body)

    def _produce(self, topic: str, records: Sequence[tuple[bytes | None, bytes | None, Headers]]) -> None:
        refused: list[Any] = []
        with self._turn:
            producer = self._producer = self._producer or Producer(
                {
                    "bootstrap.servers": self._brokers,
                    "enable.idempotence": True,
                    "delivery.timeout.ms": 10_000,
                }
            )

            def acknowledged(error: Any, _message: Any) -> None:
                if error is not None:
                    refused.append(error)

            for key, value, headers in records:
                producer.produce(topic, value=value, key=key, headers=headers, on_delivery=acknowledged)
            left = producer.flush(_PRODUCE_S)
        if left or refused:
            raise NotDeliveredError(f"topic {topic}: {refused or 'no answer'}")


def _topic(target: str) -> str:
    return target.removeprefix("kafka://").rpartition("/")[2]
