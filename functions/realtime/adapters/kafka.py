"""Parcels on the topic ``fanout``: MessagePack, keyed by shard, so one worker has a shard's in order."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from kit.kafka.producer import Out
from realtime.parcels import Record, encode
from realtime.ports import Parcel

TOPIC = "fanout"
_CONNECTIONS_A_RECORD = 2000


class Sender(Protocol):
    """``kit.kafka.producer.Producer``."""

    def send(self, records: Sequence[Out], /) -> None:
        """Return when all are acknowledged."""


class KafkaFanout:
    """See :class:`realtime.ports.FanoutQueue`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Return when all are acknowledged. Raises ``Retryable``."""
        self._sender.send(list(_records(parcels)))


def _records(parcels: Iterable[Parcel]) -> Iterator[Out]:
    for parcel in parcels:
        for start in range(0, len(parcel.connections), _CONNECTIONS_A_RECORD):
            some: list[str] = list(parcel.connections[start : start + _CONNECTIONS_A_RECORD])
            yield Out(TOPIC, f"shard-{parcel.shard}", encode(Record(some, parcel.frame, parcel.then_close)))
