"""Builders for tests of the Kafka source: topics, producers, a fake function that keeps what it saw."""

import asyncio
import base64
import json
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from local.model import Destination, Invocation, KafkaSource
from local.sources.kafka import Backoff, Cluster, Failure, KafkaPoller
from local.sources.kafka.delivery import Delivery

Answer = Callable[[dict[str, Any]], Invocation | Awaitable[Invocation]]
CLUSTER_ARN = "arn:aws:kafka:ap-south-1:000000000000:cluster/test/1"
OK = Invocation(b"null")
FAILED = Invocation(b'{"errorMessage": "no", "errorType": "Broken"}', "Unhandled")


def succeed(_event: dict[str, Any]) -> Invocation:
    """Answer as a function that handled everything."""
    return OK


def records_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of an event, in order."""
    return [record for part in event["records"].values() for record in part]


def values_of(event: dict[str, Any]) -> list[str]:
    """Return the decoded values of an event, in order."""
    return [base64.b64decode(record["value"]).decode() for record in records_of(event)]


def failing_at(event: dict[str, Any], value: str) -> Invocation:
    """Answer that the record with ``value`` failed and what came before did not."""
    failures = [
        {
            "itemIdentifier": {
                "partition": f"{record['topic']}-{record['partition']}",
                "offset": record["offset"],
            }
        }
        for record in records_of(event)
        if base64.b64decode(record["value"]).decode() == value
    ]
    return Invocation(json.dumps({"batchItemFailures": failures}).encode())


@dataclass
class FakeFunction:
    """An Invoker with one function whose answers the test decides."""

    answer: Answer = succeed
    events: list[dict[str, Any]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        assert function == "consumer"
        event = json.loads(payload)
        self.events.append(event)
        self.at.append(time.perf_counter())
        answer = self.answer(event)
        found = answer if isinstance(answer, Invocation) else await answer
        self.changed.set()
        return found

    async def invoke_async(self, function: str, payload: bytes) -> None:
        await self.invoke(function, payload)

    @property
    def batches(self) -> list[list[str]]:
        """The values of every event seen."""
        return [values_of(event) for event in self.events]

    async def until(self, condition: Callable[[], bool], patience_s: float = 20.0) -> None:
        """Wait until ``condition`` holds after some invocation."""
        async with asyncio.timeout(patience_s):
            while not condition():
                self.changed.clear()
                if not condition():
                    await self.changed.wait()


@dataclass
class KeptFailures:
    """Destinations that keep what they get; ``refuse`` counts refusals to make first."""

    failures: list[Failure] = field(default_factory=list)
    refuse: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, destination: Destination, failure: Failure) -> None:
        if self.refuse:
            self.refuse -= 1
            raise ConnectionError("the destination is away")
        self.failures.append(failure)
        self.arrived.set()


class Topic:
    """A fresh topic on a real broker."""

    def __init__(self, brokers: str, partitions: int = 1) -> None:
        self.brokers = brokers
        self.name = f"test-{uuid.uuid4().hex[:12]}"
        self.group = f"group-{self.name}"
        admin = AdminClient({"bootstrap.servers": brokers})
        made = admin.create_topics([NewTopic(self.name, partitions, 1)])
        made[self.name].result(15)
        # idempotent: without it a retry right after the topic was made may reorder
        self._producer = Producer(
            {
                "bootstrap.servers": brokers,
                "linger.ms": 0,
                "enable.idempotence": True,
                "message.timeout.ms": 60_000,
            }
        )

    def send(self, *values: str, partition: int = 0, **more: Any) -> None:
        """Produce ``values`` in order and wait for the acknowledgements."""
        for value in values:
            self._producer.produce(self.name, value=value.encode(), partition=partition, **more)
        assert self._producer.flush(60) == 0

    def source(self, **changes: Any) -> KafkaSource:
        """Return a source on this topic."""
        settings: dict[str, Any] = {
            "logical_id": f"Source{self.name}",
            "function": "consumer",
            "topic": self.name,
            "group": self.group,
            "starting_position": "TRIM_HORIZON",
            "report_item_failures": True,
        }
        return KafkaSource(**(settings | changes))

    @asynccontextmanager
    async def polled(
        self,
        function: FakeFunction,
        failures: KeptFailures | None = None,
        *,
        member: str = "",
        now: Callable[[], float] = time.time,
        **changes: Any,
    ) -> AsyncIterator[KafkaPoller]:
        """Run a poller on a source of this topic."""
        delivery = Delivery(
            self.source(**changes),
            Cluster(self.brokers, CLUSTER_ARN),
            function,
            failures or KeptFailures(),
            Backoff(0.02, 0.2),
            now,
        )
        poller = KafkaPoller(delivery, member=member)
        await poller.start()
        try:
            yield poller
        finally:
            await poller.stop()
