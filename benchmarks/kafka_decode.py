"""An MSK batch of signals, decoded and validated: ours beside bare msgspec and powertools' Kafka envelope.

Bare is the cheapest thing that msgspec can do: base64 and the typed event, two calls, nothing around them. It
is also how near anything can come to the peer: the same checks cost it about a quarter of the peer's time.
"""

import base64
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.parser import envelopes
from pydantic import AwareDatetime, BaseModel, Field

from benchmarks.measure import Result, alternate, per_call, result
from kit.events import Moment, Reader
from kit.events.market_data import Timeframe
from kit.events.trading_signals import Horizon, Side, SignalPublished
from kit.kafka import records

_EXAMPLE = Path(__file__).parents[1] / "events/examples/signal.published/v1/a-buy.json"
_RECORDS = 100


class _Commitment(BaseModel):
    number: int = Field(ge=1)
    hash: str = Field(pattern="^[0-9a-f]{64}$")


class _Data(BaseModel):
    """What a signal says, for pydantic: the same checks as ours."""

    signal_id: str
    symbol: str
    timeframe: Timeframe
    side: Side
    entry: Decimal
    stop: Decimal
    targets: tuple[Decimal, ...] = Field(min_length=1)
    currency: str
    tick: Decimal
    confidence: int = Field(ge=1, le=100)
    horizon: Horizon
    expires_at: AwareDatetime
    rationale: str
    analyst: str
    strategy: str
    ai_generated: bool
    disclaimer: str
    commitment: _Commitment
    policy_version: str
    published_at: AwareDatetime


class _Model(BaseModel):
    """The same event for pydantic."""

    id: str
    type: str
    source: str
    subject: str
    time: AwareDatetime
    dataschema: str
    data: _Data
    version: int
    correlationid: str
    specversion: str
    datacontenttype: str
    causationid: str | None = None
    traceparent: str | None = None


class _Bare(msgspec.Struct, frozen=True, gc=False):
    """The same event for msgspec alone."""

    id: str
    type: str
    source: str
    subject: str
    time: Moment
    dataschema: str
    data: SignalPublished
    version: int
    correlationid: str
    specversion: str
    datacontenttype: str
    causationid: str | None = None
    traceparent: str | None = None


class _Value(msgspec.Struct, frozen=True, gc=False):
    value: bytes


class _Values(msgspec.Struct):
    """Of a batch, what has to be decoded."""

    records: dict[str, list[_Value]]


def _batch() -> dict[str, Any]:
    value = base64.b64encode(msgspec.json.encode(msgspec.json.decode(_EXAMPLE.read_bytes()))).decode()
    row = {
        "topic": "trading-signals",
        "partition": 0,
        "timestamp": 1795341600000,
        "timestampType": "CREATE_TIME",
        "key": base64.b64encode(b"01936f5e-7c00-7a10-8a10-2b6f1d0c9e01").decode(),
        "value": value,
        "headers": [],
    }
    return {
        "eventSource": "aws:kafka",
        "eventSourceArn": "arn:aws:kafka:ap-south-1:123456789012:cluster/treum/0-1",
        "bootstrapServers": "b-1.bus.internal:9098",
        "records": {"trading-signals-0": [{**row, "offset": offset} for offset in range(_RECORDS)]},
    }


def measure() -> list[Result]:
    """Return both comparisons; the unit is a batch of a hundred."""
    batch = _batch()
    accept = {SignalPublished.TYPE: SignalPublished}
    bare_decoder = msgspec.json.Decoder(_Bare)

    reader = Reader(accept)

    def ours() -> None:
        for record in records.decode(batch):
            reader.read(record.value or b"")

    def bare() -> None:
        for rows in msgspec.convert(batch, _Values).records.values():
            for row in rows:
                bare_decoder.decode(row.value)

    def powertools() -> None:
        envelopes.KafkaEnvelope().parse(batch, _Model)

    mine, floor, peer = alternate(*(per_call(side, 100) for side in (ours, bare, powertools)))
    name = f"decode and validate {_RECORDS} signals of an MSK batch"
    return [
        result(name, mine, "µs", floor, "bare msgspec", "<= 1.2", floor=floor),
        result(f"{name}, envelope too", mine, "µs", peer, "powertools KafkaEnvelope", "<= 0.3", floor=floor),
    ]
