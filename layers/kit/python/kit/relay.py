"""Publishes what the outbox holds: by key after a commit, and everything left over once a minute.

Whoever publishes a key locks its unpublished rows first, so two never send one key at once. Rows are
chosen because they are unpublished, never because they come after the last one seen: a transaction that
began earlier may commit later.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from kit import clock, failpoint, settings, telemetry, warm
from kit.errors import Malformed, Retryable
from kit.kafka.producer import Out, Producer, Refused, Undelivered
from kit.stores.postgres import Database

_log = logging.getLogger(__name__)
_ROWS = 500
_KEYS = 200
_TICK_S = 2.0
_SPARE_MS = 8_000

_LOCK = (
    "SELECT event_day, event_id, topic, key, payload FROM outbox"
    " WHERE published_at IS NULL AND key = ANY(%s) ORDER BY key, version, seq LIMIT %s FOR UPDATE"
)
_MARK = (
    "UPDATE outbox SET published_at = %s FROM unnest(%s::date[], %s::uuid[]) AS sent (day, id)"
    " WHERE event_day = sent.day AND event_id = sent.id"
)
_OLDEST = "SELECT min(created_at) FROM outbox WHERE published_at IS NULL"
_LEFT = (
    "SELECT key FROM outbox WHERE published_at IS NULL AND NOT key = ANY(%s)"
    " GROUP BY key ORDER BY min(seq) LIMIT %s"
)


class Sender(Protocol):
    """Where records go (``kit.kafka.producer.Producer``)."""

    def send(self, records: Sequence[Out], /) -> None:
        """Return when all are acknowledged; raise ``Undelivered`` or ``Refused`` with their places."""


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


class Relay:
    """Publishes the outbox of the schema that ``db`` is connected to."""

    def __init__(self, db: Database, sender: Sender) -> None:
        self._db = db
        self._sender = sender

    def publish(self, keys: Sequence[str] | None = None) -> int:
        """Publish the unpublished rows of ``keys``, of all keys when None; return how many.

        Raises ``Retryable`` when some could not be sent; what was sent is marked nevertheless.
        """
        if keys is None:
            return self._sweep()
        total = 0
        while keys:
            with self._db.transaction():
                rows = self._db.all(_LOCK, (list(keys), _ROWS))
                failpoint.hit("relay.locked")
                sent, error = self._send(rows)
                failpoint.hit("relay.sent")
                if sent:
                    self._db.run(_MARK, (clock.now(), [row[0] for row in sent], [row[1] for row in sent]))
                failpoint.hit("relay.marked")
            failpoint.hit("relay.committed")
            total += len(sent)
            if error is not None:
                raise error
            if len(rows) < _ROWS:
                break
        return total

    def _sweep(self) -> int:
        total = 0
        failure: Retryable | None = None
        tried: list[str] = []
        while keys := [str(row[0]) for row in self._db.all(_LEFT, (tried, _KEYS))]:
            tried += keys
            try:
                total += self.publish(keys)
            except Retryable as error:
                failure = error
        if failure is not None:
            raise failure
        return total

    def _send(self, rows: list[tuple[Any, ...]]) -> tuple[list[tuple[Any, ...]], Retryable | None]:
        """Send in rounds, one row of each key a round: a key whose row failed sends no later one."""
        queues: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows:
            queues.setdefault(row[3], []).append(row)
        sent: list[tuple[Any, ...]] = []
        failure: Retryable | None = None
        while queues:
            heads = [queue.pop(0) for queue in queues.values()]
            failed: frozenset[int] = frozenset()
            try:
                self._sender.send([Out(row[2], row[3], bytes(row[4])) for row in heads])
            except Undelivered as error:
                failed, failure = error.failed, error
            except Refused as error:
                # its key waits in the outbox, where the alarm on its age points a person at it
                _log.error("a row of the outbox can never be published: %s", error)
                failed, failure = error.failed, Retryable(str(error))
            sent += [row for place, row in enumerate(heads) if place not in failed]
            stopped = {heads[place][3] for place in failed}
            queues = {key: queue for key, queue in queues.items() if queue and key not in stopped}
        return sent, failure


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where Kafka is."""

    kafka_brokers: str


def to_kafka(db: Database) -> Relay:
    """Return the relay of the schema that ``db`` is connected to, with one warm producer."""
    return Relay(db, Producer(settings.load(RelaySettings).kafka_brokers))


class _Wake(msgspec.Struct):
    keys: list[str] | None = None


def handler(
    relay: Callable[[], Relay], database: Callable[[], Database]
) -> Callable[[Mapping[str, Any], Context], dict[str, int]]:
    """Return the Lambda handler of a domain's relay function.

    ``{"keys": […]}`` publishes those keys; any other event (the schedule's) sweeps: it looks after the
    partitions and publishes what is left, again and again until its time is nearly over.
    """

    def handle(event: Mapping[str, Any], context: Context) -> dict[str, int]:
        try:
            wake = msgspec.convert(event, _Wake)
        except msgspec.ValidationError as error:
            raise Malformed(f"a relay takes {{'keys': […]}} or nothing: {error}") from error
        if wake.keys is not None:
            return {"published": relay().publish(wake.keys)}
        return {"published": _minute(relay(), database(), context)}

    warm.ahead(relay)
    return handle


def _minute(relay: Relay, db: Database, context: Context) -> int:
    db.one("SELECT keep_partitions(%(now)s), forget_settled(%(now)s)", {"now": clock.now()})
    oldest = db.one(_OLDEST)
    age = (clock.now() - oldest[0]).total_seconds() if oldest and oldest[0] else 0.0
    telemetry.count("OutboxAge", max(0.0, age), unit="Seconds")
    total = 0
    while True:
        try:
            total += relay.publish()
        except Retryable as error:
            _log.warning("the sweep goes on: %s", error)
        if context.get_remaining_time_in_millis() < _SPARE_MS + _TICK_S * 1000:
            return total
        clock.sleep(_TICK_S)
