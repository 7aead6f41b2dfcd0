"""Delivers a partition's batch to its function until every record is done: retries, bisects, gives up.

Source of the rules: AWS Lambda Developer Guide, "Configuring error handling controls for Kafka event
sources": retries do not count the first attempt; infinite retries with a destination mean 10; a split does
not use up retries; throttling is not the function's error.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from local.model import Invocation, Invoker, KafkaSource
from local.sources.kafka.answers import first_failed
from local.sources.kafka.failures import Destinations, Failure, batches
from local.sources.kafka.filters import accepts
from local.sources.kafka.records import MAX_EVENT_BYTES, Record, event
from local.troubles import Troubles

_log = logging.getLogger(__name__)

_RETRIES_WITH_DESTINATION = 10
_NOT_THE_FUNCTION = {"Throttled", "TooManyRequestsException"}


class AbandonedError(Exception):
    """The partition is no longer ours: stop without marking anything done."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between attempts: doubles from ``first_s`` to ``cap_s``, with jitter."""

    first_s: float = 0.1
    cap_s: float = 5.0

    def after(self, attempt: int) -> float:
        """Return how long to wait after ``attempt`` (1 is the first) failed."""
        whole = min(self.cap_s, self.first_s * 2.0 ** min(attempt - 1, 16))
        return whole * random.uniform(0.8, 1.0)  # noqa: S311 - jitter, no secret


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the records come from."""

    brokers: str
    arn: str


@dataclass(slots=True)
class Counters:
    """What a source did so far, for the status."""

    delivered: int = 0
    filtered: int = 0
    failed_invokes: int = 0
    given_up: int = 0
    troubles: Troubles = field(default_factory=lambda: Troubles("in trouble"))


@dataclass(slots=True)
class _Piece:
    records: tuple[Record, ...]
    tries: int = 0


@dataclass(slots=True)
class Delivery:
    """One per source; ``run`` may work for several partitions at once, ``slots`` bounds them."""

    source: KafkaSource
    cluster: Cluster
    invoker: Invoker
    destinations: Destinations
    backoff: Backoff = field(default_factory=Backoff)
    now: Callable[[], float] = time.time
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(16))
    counters: Counters = field(default_factory=Counters)

    async def run(self, batch: list[Record], done: Callable[[int], None], gone: asyncio.Event) -> None:
        """Bring every record of ``batch`` to its end.

        ``done(offset)`` tells how far the partition is: the next offset to read. Raises
        :class:`AbandonedError` when ``gone`` is set meanwhile.
        """
        wanted = [record for record in batch if accepts(self.source.filters, record)]
        self.counters.filtered += len(batch) - len(wanted)
        work = [_Piece(part) for part in batches(wanted, MAX_EVENT_BYTES)]
        while work:
            piece = await self._drop_expired(work.pop(0), gone)
            if piece.records:
                work[:0] = await self._attempt(piece, done, gone)
            if gone.is_set():
                raise AbandonedError
        done(batch[-1].offset + 1)

    async def _attempt(self, piece: _Piece, done: Callable[[int], None], gone: asyncio.Event) -> list[_Piece]:
        """Invoke once; return what is left to do, in order."""
        records = piece.records
        answer = await self._invoke(records, gone)
        if gone.is_set():
            raise AbandonedError
        failed = first_failed(answer, records, partial=self.source.report_item_failures)
        if failed is None:
            self.counters.delivered += len(records)
            self.counters.troubles.end()
            done(records[-1].offset + 1)
            return []
        self.counters.failed_invokes += 1
        self.counters.troubles.begin(_reason(answer))
        if failed > 0:
            self.counters.delivered += failed
            done(records[failed].offset)
            await self._pause(self.backoff.after(1), gone)
            return [_Piece(records[failed:], 1)]
        return await self._again(_Piece(records, piece.tries + 1), answer, gone)

    async def _again(self, piece: _Piece, answer: Invocation, gone: asyncio.Event) -> list[_Piece]:
        records = piece.records
        if self.source.bisect_on_error and len(records) > 1:
            middle = len(records) // 2
            return [_Piece(records[:middle]), _Piece(records[middle:])]
        if 0 <= self._max_retries < piece.tries:
            await self._give_up(records, "RetryAttemptsExhausted", piece.tries, _reason(answer), gone)
            return []
        await self._pause(self.backoff.after(piece.tries), gone)
        return [piece]

    @property
    def _max_retries(self) -> int:
        unbounded = self.source.max_retries < 0
        return _RETRIES_WITH_DESTINATION if unbounded and self.source.on_failure else self.source.max_retries

    async def _invoke(self, records: tuple[Record, ...], gone: asyncio.Event) -> Invocation:
        """Return the function's answer; what the platform could not do is tried again, uncounted."""
        payload = event(records, cluster_arn=self.cluster.arn, brokers=self.cluster.brokers)
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self.slots:
                    answer = await self.invoker.invoke(self.source.function, payload)
            except Exception as error:  # noqa: BLE001 - an edge: whatever broke, the records must not be lost
                _log.warning("%s: %s cannot be invoked: %r", self._name, self.source.function, error)
                self.counters.troubles.begin(repr(error))
            else:
                if answer.error not in _NOT_THE_FUNCTION:
                    return answer
            await self._pause(self.backoff.after(attempt), gone)

    async def _drop_expired(self, piece: _Piece, gone: asyncio.Event) -> _Piece:
        if self.source.max_record_age_s < 0:
            return piece
        oldest = (self.now() - self.source.max_record_age_s) * 1000
        expired = tuple(record for record in piece.records if record.timestamp_ms < oldest)
        if not expired:
            return piece
        await self._give_up(expired, "RecordAgeExceeded", piece.tries, None, gone)
        fresh = tuple(record for record in piece.records if record.timestamp_ms >= oldest)
        return _Piece(fresh, piece.tries)

    async def _give_up(
        self,
        records: tuple[Record, ...],
        condition: str,
        invokes: int,
        error: str | None,
        gone: asyncio.Event,
    ) -> None:
        """Return once ``records`` are at the destination, or at once when there is none (AWS discards)."""
        self.counters.given_up += len(records)
        where = f"{records[0].topic}-{records[0].partition} offsets {records[0].offset}-{records[-1].offset}"
        _log.warning("%s: gives up on %s: %s %s", self._name, where, condition, error or "")
        if self.source.on_failure is None:
            return
        payload = event(records, cluster_arn=self.cluster.arn, brokers=self.cluster.brokers)
        failure = Failure(
            self._name,
            self.source.function,
            self.cluster.arn,
            self.cluster.brokers,
            condition,
            invokes,
            error,
            records,
            payload,
        )
        attempt = 0
        while True:
            attempt += 1
            try:
                await self.destinations.send(self.source.on_failure, failure)
            except Exception:  # noqa: BLE001 - an edge: a destination that is away must not lose the record
                _log.warning("%s: destination %s refused", self._name, self.source.on_failure, exc_info=True)
                await self._pause(self.backoff.after(attempt), gone)
            else:
                return

    @property
    def _name(self) -> str:
        return self.source.logical_id

    @staticmethod
    async def _pause(seconds: float, gone: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(gone.wait(), seconds)
        except TimeoutError:
            return
        raise AbandonedError


def _reason(answer: Invocation) -> str:
    return f"{answer.error or 'batchItemFailures'}: {answer.payload[:300].decode('utf-8', 'replace')}"
