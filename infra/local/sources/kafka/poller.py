"""One source: what its reader's thread reads goes to one :class:`Partition` each, on the event loop."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from local.sources.kafka.delivery import Delivery
from local.sources.kafka.partition import Partition
from local.sources.kafka.reader import Reader
from local.sources.kafka.records import Record

_log = logging.getLogger(__name__)

_BACKLOG = 2_000  # records of a partition in memory before reading it pauses
_GRACE_S = 3.0


class KafkaPoller:
    """``start()`` returns once partitions are assigned; ``stop()`` commits and leaves the group.

    ``member`` tells several pollers of one source apart (the source's id by default).
    """

    def __init__(self, delivery: Delivery, *, member: str = "") -> None:
        self.delivery = delivery
        self.assigned = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        source, brokers = delivery.source, delivery.cluster.brokers
        self._reader = Reader(source, brokers, member or source.logical_id, self)
        self._partitions: dict[int, Partition] = {}
        self._leaving: dict[int, asyncio.Task[None]] = {}
        self._held: set[int] = set()

    async def start(self, patience_s: float = 15.0) -> None:
        """Begin; a broker that is away does not make it fail, only late."""
        self._reader.start()
        try:
            await asyncio.wait_for(self.assigned.wait(), patience_s)
        except TimeoutError:
            topic = self.delivery.source.topic
            _log.warning("%s: no partition of %s assigned yet", self.delivery.source.logical_id, topic)

    async def stop(self) -> None:
        """Let running batches end (for a few seconds), commit and leave."""
        tasks = [partition.task for partition in self._partitions.values()] + list(self._leaving.values())
        for partition in self._partitions.values():
            partition.end()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_GRACE_S)
            for task in late:
                task.cancel()
        await asyncio.to_thread(self._reader.stop)

    @property
    def held(self) -> frozenset[int]:
        """The partitions whose reading pauses until their backlog is worked off."""
        return frozenset(self._held)

    def status(self) -> dict[str, Any]:
        """Return what the source did, for the status."""
        counters = self.delivery.counters
        return {
            "topic": self.delivery.source.topic,
            "function": self.delivery.source.function,
            "partitions": len(self._partitions),
            "backlog": sum(partition.backlog for partition in self._partitions.values()),
            "delivered": counters.delivered,
            "filtered": counters.filtered,
            "failed_invokes": counters.failed_invokes,
            "given_up": counters.given_up,
            "last_error": counters.troubles.now,
            "history": counters.troubles.words(),
        }

    # ---- called by the reader's thread

    def assigned_to_us(self, partitions: list[int]) -> None:
        """Make room for ``partitions``."""
        self._on_loop(partial(self._assign, partitions))

    def taken_from_us(self, partitions: list[int]) -> None:
        """Let ``partitions`` go."""
        self._on_loop(partial(self._revoke, partitions))

    def read(self, arrived: dict[int, list[Record]]) -> None:
        """Queue what arrived."""
        self._on_loop(partial(self._feed, arrived))

    def troubled(self, problem: str) -> None:
        """Show ``problem`` in the status."""
        self._on_loop(partial(self.delivery.counters.troubles.begin, problem))

    def recovered(self) -> None:
        """Reading goes on."""
        self._on_loop(self._recover)

    def _on_loop(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop has ended before the thread: nobody is left to tell
            _log.debug("%s: told nobody", self.delivery.source.logical_id)

    # ---- on the loop

    def _recover(self) -> None:
        self.delivery.counters.troubles.end()

    def _assign(self, partitions: list[int]) -> None:
        for number in partitions:
            self._resume(number)  # a hold of its former assignment would never end
            self._partitions[number] = Partition(
                self.delivery,
                after=self._leaving.pop(number, None),
                done=partial(self._reader.done, number),
                drained=partial(self._resume, number),
            )
        self.assigned.set()

    def _revoke(self, partitions: list[int]) -> None:
        for number in partitions:
            partition = self._partitions.pop(number, None)
            if partition is not None:
                partition.leave()
                self._leaving[number] = partition.task

    def _feed(self, arrived: dict[int, list[Record]]) -> None:
        for number, records in arrived.items():
            partition = self._partitions.get(number)
            if partition is None:
                continue
            partition.feed(records)
            if partition.backlog > _BACKLOG and number not in self._held:
                self._held.add(number)
                self._reader.hold(number, on=True)

    def _resume(self, number: int) -> None:
        if number in self._held:
            self._held.discard(number)
            self._reader.hold(number, on=False)
