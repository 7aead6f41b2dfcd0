"""The record format of the topic ``fanout``, read and written without anything but msgspec."""

from collections.abc import Mapping
from typing import Any

import msgspec

from kit.errors import Poison


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One frame (UTF-8 JSON) for ``connections`` of one shard; ``then_close`` ends them after it."""

    connections: list[str]
    frame: bytes
    then_close: bool = False


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """One Kafka record as Lambda brings it; ``value`` comes in base64."""

    topic: str
    partition: int
    offset: int
    value: bytes | None = None


class _Batch(msgspec.Struct):
    records: dict[str, list[Arrived]]


encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Record)


def decode(event: Mapping[str, Any]) -> list[tuple[Arrived, Record]]:
    """Return the records of a Lambda event in order. Raises ``Poison`` on anything else."""
    try:
        batch = msgspec.convert(event, _Batch).records
        return [(one, _decoder.decode(one.value or b"")) for part in batch.values() for one in part]
    except msgspec.MsgspecError as error:
        raise Poison(f"not a batch of the topic fanout: {error}") from error
