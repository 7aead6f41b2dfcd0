"""Sends records to Kafka and waits until all replicas have them: librdkafka, idempotent, no lingering."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message
from confluent_kafka import Producer as Client

from kit import clock, transport, warm
from kit.errors import Retryable, TreumError
from kit.kafka import iam

_log = logging.getLogger(__name__)
# what no repetition mends: the record itself or our rights are wrong
_FINAL = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_MSG,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.RECORD_LIST_TOO_LARGE,
    }
)


class Out(msgspec.Struct, frozen=True):
    """One record to send. Records of one ``key`` keep their order."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Undelivered(Retryable):
    """Kafka did not acknowledge all; ``failed`` are the places of those it may not have."""

    code = "KAFKA_UNDELIVERED"
    title = "Kafka did not take the records"

    def __init__(self, detail: str, failed: frozenset[int]) -> None:
        super().__init__(detail)
        self.failed = failed


class Refused(TreumError):  # noqa: N818 - the tree's classes are named for what happened
    """Kafka will never take the record as it is; ``failed`` are the places of those it refused."""

    code = "KAFKA_REFUSED"
    title = "Kafka refused the records"

    def __init__(self, detail: str, failed: frozenset[int]) -> None:
        super().__init__(detail)
        self.failed = failed


class Producer:
    """One connection to the brokers, made on first use. ``deadline_s`` bounds every :meth:`send`.

    ``linger_ms`` is 0 on the signal path; a bulk sender may give it some milliseconds. ``config`` gives
    the security settings of librdkafka.
    """

    def __init__(
        self,
        brokers: str,
        *,
        deadline_s: float = 4.0,
        linger_ms: int = 0,
        config: Callable[[], dict[str, Any]] = iam.config,
    ) -> None:
        self._brokers = brokers
        self._deadline_s = deadline_s
        self._linger_ms = linger_ms
        self._config = config
        self._client: Client | None = None
        warm.ahead(lambda: self._open().list_topics(timeout=deadline_s))

    def send(self, records: Sequence[Out]) -> None:
        """Send ``records`` and return when all are acknowledged.

        Raises :class:`Undelivered` when some may not have arrived (sent again they may arrive twice) and
        :class:`Refused` when some never can.
        """
        if not records:
            return
        client = self._open()
        outcome: dict[int, KafkaError | None] = {}
        until = clock.monotonic() + self._deadline_s
        for place, record in enumerate(records):
            self._enqueue(client, place, record, outcome, until)
        client.flush(max(0.0, until - clock.monotonic()))
        failed = {place: outcome.get(place, _UNKNOWN) for place in range(len(records))}
        self._judge({place: error for place, error in failed.items() if error is not None})

    def close(self) -> None:
        """Forget the connection and whatever was not acknowledged; the next send opens another."""
        client, self._client = self._client, None
        if client is not None:
            client.purge()
            client.flush(0)

    def _enqueue(
        self, client: Client, place: int, record: Out, outcome: dict[int, KafkaError | None], until: float
    ) -> None:
        def delivered(error: KafkaError | None, _: Message) -> None:
            outcome[place] = error

        while True:
            try:
                client.produce(
                    record.topic,
                    record.value,
                    record.key.encode(),
                    headers=list(record.headers) or None,
                    on_delivery=delivered,
                )
            except BufferError:  # librdkafka's queue is full: give it time, within ours
                client.poll(0.05)
                if clock.monotonic() > until:
                    outcome[place] = _UNKNOWN
                    return
            except KafkaException as error:
                outcome[place] = error.args[0]
                return
            else:
                client.poll(0)
                return

    def _judge(self, failed: dict[int, KafkaError]) -> None:
        if not failed:
            return
        places = frozenset(failed)
        first = next(iter(failed.values()))
        detail = f"{len(failed)} records: {first.str()}"
        if all(error.code() in _FINAL for error in failed.values()):
            raise Refused(detail, places)
        # after an unknown outcome or a fatal error the client's idempotence ends: start over with a new one
        self.close()
        raise Undelivered(detail, places)

    def _open(self) -> Client:
        if self._client is None:
            security = self._config()
            transport.demand_tls_of_brokers(self._brokers, encrypted=bool(security))
            milliseconds = int(self._deadline_s * 1000)
            self._client = Client(
                {
                    "bootstrap.servers": self._brokers,
                    "acks": "all",
                    "enable.idempotence": True,
                    "linger.ms": self._linger_ms,
                    # a little before ours, so that every record has an outcome when the flush ends
                    "delivery.timeout.ms": max(milliseconds - 200, milliseconds // 2),
                    "request.timeout.ms": min(2000, milliseconds),
                    "reconnect.backoff.ms": 50,
                    "reconnect.backoff.max.ms": 500,
                    "topic.metadata.propagation.max.ms": 2000,
                    "socket.keepalive.enable": True,
                    "broker.address.family": "v4",
                    "log_level": 3,
                    **security,
                },
                logger=_log,
            )
        return self._client


_UNKNOWN = KafkaError(KafkaError._MSG_TIMED_OUT, "no acknowledgement in time")  # noqa: SLF001 - librdkafka's own codes begin so
