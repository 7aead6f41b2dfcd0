"""Reads one topic for one source in a thread of its own and feeds the event loop; commits what is done.

Offsets are committed only up to what delivery has finished. A commit that fails (broker away) is sent again.
"""

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaException, Message, TopicPartition

from local.sources.kafka.delivery import Delivery
from local.sources.kafka.partition import Partition
from local.sources.kafka.records import Record, from_message

_log = logging.getLogger(__name__)
_quiet = logging.getLogger(f"{__name__}.librdkafka")
_quiet.setLevel(logging.CRITICAL)  # a stopped broker makes it repeat itself; the status says it once

_POLL_S = 0.1  # an arriving record ends the wait at once; only commits wait for it
_FETCH = 500
_BACKLOG = 2_000  # records of a partition in memory before reading it pauses
_COMMIT_EVERY_S = 0.1
_CALL_S = 5.0
_RESTART_S = 0.5
_GRACE_S = 3.0


class KafkaPoller:
    """``start()`` returns once partitions are assigned; ``stop()`` commits and leaves the group."""

    def __init__(self, delivery: Delivery, *, member: str = "") -> None:
        self._member = member or delivery.source.logical_id
        self.delivery = delivery
        self.assigned = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"kafka-{delivery.source.logical_id}", daemon=True
        )
        self._consumer: Any = None
        self._partitions: dict[int, Partition] = {}
        self._leaving: dict[int, asyncio.Task[None]] = {}
        self._paused: set[int] = set()
        self._done: dict[int, int] = {}  # written by the loop, read by the thread
        self._committed: dict[int, int] = {}  # the thread's, like the next
        self._owned: set[int] = set()
        self._last_commit = 0.0

    async def start(self, patience_s: float = 15.0) -> None:
        """Begin; a broker that is away does not make it fail, only late."""
        self._thread.start()
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
        self._stopping.set()
        await asyncio.to_thread(self._thread.join, 2 * _CALL_S)

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
            "last_error": counters.last_error,
        }

    # ---- the loop's side

    def _assign(self, partitions: list[int]) -> None:
        for number in partitions:
            self._paused.discard(number)
            self._partitions[number] = Partition(
                self.delivery,
                after=self._leaving.pop(number, None),
                done=lambda offset, number=number: self._finished(number, offset),  # type: ignore[misc]
                drained=lambda number=number: self._resume(number),  # type: ignore[misc]
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
            if partition.backlog > _BACKLOG and number not in self._paused:
                self._paused.add(number)
                self._tell("pause", number)

    def _finished(self, number: int, offset: int) -> None:
        self._done[number] = offset

    def _resume(self, number: int) -> None:
        if number in self._paused:
            self._paused.discard(number)
            self._tell("resume", number)

    def _tell(self, verb: str, number: int) -> None:
        try:
            getattr(self._consumer, verb)([TopicPartition(self.delivery.source.topic, number)])
        except (KafkaException, RuntimeError):  # revoked or closed meanwhile: nothing to pause
            _log.debug("%s of partition %s came too late", verb, number)

    # ---- the thread's side

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consumer = Consumer(self._settings(), logger=_quiet)
                self._consumer.subscribe(
                    [self.delivery.source.topic],
                    on_assign=self._on_assign,
                    on_revoke=self._on_revoke,
                    on_lost=self._on_lost,
                )
                self._read()
            except KafkaException as error:
                _log.warning("%s: reading begins again: %s", self.delivery.source.logical_id, error)
                self._stopping.wait(_RESTART_S)
            finally:
                self._close()

    def _read(self) -> None:
        while not self._stopping.is_set():
            first = self._consumer.poll(_POLL_S)
            if first is not None:
                self._hand_over([first, *self._consumer.consume(_FETCH, 0)])
            self._commit()

    def _hand_over(self, messages: Iterable[Message]) -> None:
        arrived: defaultdict[int, list[Record]] = defaultdict(list)
        for message in messages:
            error = message.error()
            if error is None:
                record = from_message(message)
                arrived[record.partition].append(record)
            elif error.fatal():
                raise KafkaException(error)
            else:
                self.delivery.counters.last_error = str(error)
        if arrived:
            self._loop.call_soon_threadsafe(self._feed, dict(arrived))

    def _commit(self, *, last: bool = False) -> None:
        if not last and time.monotonic() - self._last_commit < _COMMIT_EVERY_S:
            return
        self._last_commit = time.monotonic()
        topic = self.delivery.source.topic
        ahead = {
            number: offset
            for number, offset in dict(self._done).items()
            if number in self._owned and self._committed.get(number) != offset
        }
        if not ahead:
            return
        offsets = [TopicPartition(topic, number, offset) for number, offset in ahead.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=not last)
        except KafkaException as error:
            self.delivery.counters.last_error = f"commit: {error}"
        else:
            self._committed.update(ahead)

    def _on_commit(self, error: Any, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            if error is not None or partition.error is not None:
                self._committed.pop(partition.partition, None)  # so that it is sent again

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Give a partition without a commit its place at once: LATEST must not skip what comes meanwhile."""
        known = consumer.committed(partitions, timeout=_CALL_S) if partitions else []
        fresh = [partition for partition in known if partition.offset == OFFSET_INVALID]
        for partition in fresh:
            low, high = consumer.get_watermark_offsets(partition, timeout=_CALL_S)
            partition.offset = high if self.delivery.source.starting_position == "LATEST" else low
        if fresh:
            consumer.commit(offsets=fresh, asynchronous=False)
        for partition in known:
            self._committed[partition.partition] = partition.offset
            self._skip_what_is_done(consumer, partition)
        self._owned.update(partition.partition for partition in known)
        self._loop.call_soon_threadsafe(self._assign, [partition.partition for partition in partitions])
        consumer.incremental_assign(known)

    def _skip_what_is_done(self, consumer: Consumer, partition: TopicPartition) -> None:
        """Start behind what we finished but could not commit, unless the topic was made anew meanwhile."""
        done = self._done.pop(partition.partition, 0)
        if done > partition.offset and done <= consumer.get_watermark_offsets(partition, timeout=_CALL_S)[1]:
            partition.offset = self._done[partition.partition] = done

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._commit(last=True)
        self._on_lost(consumer, partitions)

    def _on_lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        numbers = [partition.partition for partition in partitions]
        self._owned.difference_update(numbers)
        self._loop.call_soon_threadsafe(self._revoke, numbers)

    def _close(self) -> None:
        if self._consumer is None:
            return
        try:
            self._commit(last=True)
            self._consumer.close()
        except (KafkaException, RuntimeError) as error:
            _log.debug("closing: %s", error)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._revoke, list(self._partitions))

    def _settings(self) -> dict[str, Any]:
        source = self.delivery.source
        return {
            "bootstrap.servers": self.delivery.cluster.brokers,
            "group.id": source.group,
            "client.id": self._member,
            # A static member: a platform that was killed takes its partitions back at once, and a broker away
            # for less than the session costs no rebalance.
            "group.instance.id": self._member,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "latest" if source.starting_position == "LATEST" else "earliest",
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": 45_000,
            "heartbeat.interval.ms": 1_000,
            "max.poll.interval.ms": 300_000,
            "fetch.wait.max.ms": 500,
            "fetch.error.backoff.ms": 100,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500,
            "topic.metadata.refresh.interval.ms": 5_000,
            "queued.max.messages.kbytes": 8_192,
            "socket.nagle.disable": True,
            "on_commit": self._on_commit,
            "error_cb": self._on_error,
        }

    def _on_error(self, error: Any) -> None:
        self.delivery.counters.last_error = str(error)
