"""The thread that reads one topic for one source and commits what is done.

Offsets are committed only up to what delivery has finished. A commit that fails (broker away) is sent again.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, Message, TopicPartition

from local.model import KafkaSource
from local.sources.kafka.client import settings
from local.sources.kafka.listener import Listener
from local.sources.kafka.records import Record, from_message

_log = logging.getLogger(__name__)
_quiet = logging.getLogger(f"{__name__}.librdkafka")
_quiet.setLevel(logging.CRITICAL)  # a stopped broker makes it repeat itself; the status says it once

_POLL_S = 0.1  # an arriving record ends the wait at once; only commits wait for it
_FETCH = 500
_COMMIT_EVERY_S = 0.1
_CALL_S = 5.0
_RESTART_S = 0.5
_ASK_AGAIN_S = 1.0
_ASK_S = 0.5
_PATIENCE_S = 20.0


class Reader:
    """``done`` and ``hold`` may be called from any thread."""

    def __init__(self, source: KafkaSource, brokers: str, member: str, listener: Listener) -> None:
        self._source = source
        self._settings = settings(source, brokers, member, self._on_commit, self._failed)
        self._listener = listener
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"kafka-{member}", daemon=True)
        self._consumer: Any = None
        self._done: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._owned: set[int] = set()
        self._wanted: dict[int, bool] = {}
        self._last_commit = 0.0
        self._fatal: KafkaError | None = None
        self._alone_since: float | None = None  # without a partition
        self._asks_again_at = 0.0  # the broker, whether it is back; 0 while nothing is wrong

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Commit and leave; blocks until the thread has ended."""
        self._stopping.set()
        self._thread.join(2 * _CALL_S)

    def done(self, partition: int, offset: int) -> None:
        """Everything of ``partition`` before ``offset`` is done."""
        self._done[partition] = offset

    def hold(self, partition: int, *, on: bool) -> None:
        """Stop fetching ``partition`` for a while, or go on; from any thread, done by the reader's own.

        Pausing waits inside librdkafka with the interpreter's lock held: from another thread than the one
        that polls it can wait for ever.
        """
        self._wanted[partition] = on

    def _hold_wanted(self) -> None:
        while self._wanted:
            number, on = self._wanted.popitem()
            if number not in self._owned:
                continue  # revoked meanwhile: nothing to hold
            partition = [TopicPartition(self._source.topic, number)]
            try:
                self._consumer.pause(partition) if on else self._consumer.resume(partition)
            except (KafkaException, RuntimeError):
                _log.debug("holding partition %s came too late", number)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._fatal, self._alone_since = None, time.monotonic()
            try:
                self._consumer = Consumer(self._settings, logger=_quiet)
                self._consumer.subscribe(
                    [self._source.topic],
                    on_assign=self._on_assign,
                    on_revoke=self._on_revoke,
                    on_lost=self._on_lost,
                )
                self._read()
            except Exception as error:  # noqa: BLE001 - a thread that ended would read nothing for ever
                ours = not isinstance(error, KafkaException)
                _log.warning("%s: reading begins again: %s", self._source.logical_id, error, exc_info=ours)
                self._stopping.wait(_RESTART_S)
            finally:
                self._close()

    def _read(self) -> None:
        while not self._stopping.is_set():
            first = self._consumer.poll(_POLL_S)
            if first is not None:
                self._hand_over([first, *self._consumer.consume(_FETCH, 0)])
            self._hold_wanted()
            self._commit()
            self._ask_after_trouble()
            self._ask_for_partitions()
            if self._fatal is not None:  # such as a member fenced after a restart: it reads no more
                raise KafkaException(self._fatal)

    def _hand_over(self, messages: Iterable[Message]) -> None:
        arrived: defaultdict[int, list[Record]] = defaultdict(list)
        for message in messages:
            error = message.error()
            if error is None:
                record = from_message(message)
                arrived[record.partition].append(record)
            else:
                self._failed(error)
        if arrived:
            self._listener.read(dict(arrived))

    def _failed(self, error: KafkaError) -> None:
        if _is_fatal(error):
            self._fatal = error
        self._trouble(str(error))

    def _trouble(self, problem: str) -> None:
        self._asks_again_at = time.monotonic() + _ASK_AGAIN_S
        self._listener.troubled(problem)

    def _ask_after_trouble(self) -> None:
        """Tell that the broker is back: no record may come for hours, and librdkafka tells failures only."""
        if not self._asks_again_at or time.monotonic() < self._asks_again_at:
            return
        self._asks_again_at = time.monotonic() + _ASK_AGAIN_S
        try:
            self._consumer.list_topics(self._source.topic, timeout=_ASK_S)
        except KafkaException:
            return
        self._asks_again_at = 0.0
        self._listener.recovered()

    def _ask_for_partitions(self) -> None:
        """Join the group again when it gives us nothing for long."""
        if self._alone_since is None or self._asks_again_at:
            return
        if time.monotonic() - self._alone_since > _PATIENCE_S:
            raise KafkaException(_late("no partition"))

    def _commit(self, *, last: bool = False) -> None:
        if not last and time.monotonic() - self._last_commit < _COMMIT_EVERY_S:
            return
        self._last_commit = time.monotonic()
        ahead = {
            number: offset
            for number, offset in dict(self._done).items()
            if number in self._owned and self._committed.get(number) != offset
        }
        if not ahead:
            return
        offsets = [TopicPartition(self._source.topic, number, offset) for number, offset in ahead.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=not last)
        except KafkaException as error:
            self._trouble(f"commit: {error}")
        else:
            self._committed.update(ahead)

    def _on_commit(self, error: Any, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            if error is not None or partition.error is not None:
                self._committed.pop(partition.partition, None)  # so that it is sent again

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        known = consumer.committed(partitions, timeout=_CALL_S) if partitions else []
        for partition in known:
            self._place(consumer, partition)
        self._owned.update(partition.partition for partition in known)
        self._alone_since = None
        self._listener.assigned_to_us([partition.partition for partition in partitions])
        consumer.incremental_assign(known)

    def _place(self, consumer: Consumer, partition: TopicPartition) -> None:
        """Set where reading of ``partition``, which has its committed offset, begins.

        That is behind what we finished and could not commit, unless the topic was made anew meanwhile. A
        partition without a commit gets its place now: LATEST must not skip what comes meanwhile.
        """
        number, committed = partition.partition, partition.offset
        done = self._done.get(number, OFFSET_INVALID)
        if committed == OFFSET_INVALID or done > committed:
            low, high = _ends(consumer, partition)
            if committed == OFFSET_INVALID:
                partition.offset = high if self._source.starting_position == "LATEST" else low
            if partition.offset < done <= high:
                partition.offset = done
        # committed by the next rounds of reading: waiting for the answer here could take for ever
        self._committed[number], self._done[number] = committed, partition.offset

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._commit(last=True)
        self._on_lost(consumer, partitions)

    def _on_lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        numbers = [partition.partition for partition in partitions]
        self._owned.difference_update(numbers)
        if not self._owned:
            self._alone_since = time.monotonic()
        self._listener.taken_from_us(numbers)

    def _close(self) -> None:
        if self._consumer is None:
            return
        try:
            self._commit(last=True)
            self._consumer.close()
        except (KafkaException, RuntimeError) as error:
            _log.debug("closing: %s", error)
        left, self._owned = list(self._owned), set()
        self._listener.taken_from_us(left)


def _ends(consumer: Consumer, partition: TopicPartition) -> tuple[int, int]:
    """Return the first offset of ``partition`` and the one after its last, or raise."""
    found: tuple[int, int] | None = consumer.get_watermark_offsets(partition, timeout=_CALL_S)
    if found is None:  # how the package says that the time was over
        raise KafkaException(_late("no offsets"))
    return found


def _late(what: str) -> KafkaError:
    return KafkaError(KafkaError._TIMED_OUT, f"{what} in time")  # noqa: SLF001 - how the package names it


def _is_fatal(error: KafkaError) -> bool:
    """Whether this consumer will never read again; what comes as a message says so by its code alone."""
    return bool(error.fatal()) or error.code() == KafkaError._FATAL  # noqa: SLF001 - how the package names it
