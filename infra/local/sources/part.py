"""The sources as a part of the platform: starts what the stack declares, after functions serve."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.controls.routes import Body, Control, Query, Rest
from local.model import KafkaSource, S3Source, ScheduleSource, SqsSource
from local.sources.kafka import Cluster, KafkaPoller
from local.sources.kafka.delivery import Delivery
from local.sources.s3 import S3Notifications
from local.sources.schedule import Scheduler
from local.sources.sqs import SqsPoller

if TYPE_CHECKING:
    from local.aws.part import AwsServices
    from local.platform import Platform


class Sources:
    """Kafka, SQS, schedules and S3. ``aws`` is the started AWS part; ``cluster`` where Kafka is."""

    def __init__(self, aws: AwsServices, cluster: Cluster) -> None:
        self._aws = aws
        self._cluster = cluster
        self._kafka: dict[str, KafkaPoller] = {}
        self._sqs: dict[str, SqsPoller] = {}
        self._s3: S3Notifications | None = None
        self.schedule: Scheduler | None = None

    async def start(self, platform: Platform) -> None:
        """Start every source; return when Kafka partitions are assigned."""
        functions, hooks = platform.functions, platform.hooks
        sources = platform.stack.sources
        for source in sources:
            if isinstance(source, KafkaSource):
                delivery = Delivery(source, self._cluster, functions, self._aws.destinations)
                self._kafka[source.logical_id] = KafkaPoller(delivery)
            elif isinstance(source, SqsSource):
                poller = SqsPoller(source, self._aws.endpoint.internal, functions)
                self._sqs[source.logical_id] = poller
        notified = [source for source in sources if isinstance(source, S3Source)]
        self._s3 = S3Notifications(notified, functions, lambda: hooks.now())  # noqa: PLW0108 - set later
        self._aws.endpoint.proxy.on_object_created(self._s3.created)
        timed = [source for source in sources if isinstance(source, ScheduleSource)]
        self.schedule = Scheduler(timed, functions, lambda: hooks.now())  # noqa: PLW0108 - set later
        await asyncio.gather(
            self.schedule.start(),
            *(poller.start() for poller in self._kafka.values()),
            *(poller.start() for poller in self._sqs.values()),
        )

    async def stop(self) -> None:
        """Stop every source; Kafka commits what is done."""
        if self.schedule is not None:
            await self.schedule.stop()
        await asyncio.gather(
            *(poller.stop() for poller in self._kafka.values()),
            *(poller.stop() for poller in self._sqs.values()),
            return_exceptions=True,
        )
        self._kafka.clear()
        self._sqs.clear()

    def wake(self) -> None:
        """The clock was moved: fire what is due."""
        if self.schedule is not None:
            self.schedule.wake()

    @property
    def controls(self) -> tuple[Control, ...]:
        """What the platform answers about them."""
        return (
            Control("GET", "/schedules", self._schedules),
            Control("POST", "/schedules", self._fire, rest=True),
        )

    async def _schedules(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        return {"schedules": self.schedule.status() if self.schedule else []}

    async def _fire(self, rest: Rest, _query: Query, _body: Body) -> Any:
        if self.schedule is None:
            raise LookupError("the platform has not started")
        self.schedule.fire(rest)
        return {"fires": rest}

    def status(self) -> Mapping[str, Any]:
        """Return each source's state by logical id."""
        return {
            "sources": {
                "kafka": {name: poller.status() for name, poller in self._kafka.items()},
                "sqs": {name: poller.status() for name, poller in self._sqs.items()},
                "schedules": self.schedule.status() if self.schedule else [],
                "s3": self._s3.status() if self._s3 else {},
            },
        }
