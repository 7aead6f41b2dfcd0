"""Everything a running platform leaves behind: lines of logs, records of topics, rows of tables, keys in Redis."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import psycopg
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from psycopg import sql

from fixtures.platform import RunningPlatform
from kit.stores.redis import Redis

Trace = tuple[str, bytes]
"""Where it lay, and what it is."""

_PATIENCE_S = 30.0
_MAX_KEYS = 1_000_000


def found(wanted: Mapping[str, str], traces: Iterable[Trace]) -> list[str]:
    """Return which of the ``wanted`` values (by name) lie where, a line each place; bytea is hex in a COPY."""
    needles = [
        (name, one)
        for name, value in wanted.items()
        for one in (value.encode(), value.encode().hex().encode())
    ]
    return sorted({f"{name} in {place}" for place, text in traces for name, one in needles if one in text})


def logs(running: RunningPlatform) -> Iterator[Trace]:
    """Yield every log file: of functions, of stores, of the platform, of the calls to AWS."""
    stores = running.state.glob("stores/*/log*")
    places: list[Path] = [*running.state.glob("logs/*"), *stores, *running.state.glob("*.log")]
    for path in [*places, running.state / "aws-calls.jsonl"]:
        if path.is_file():
            yield str(path.relative_to(running.state)), path.read_bytes()


def topics(running: RunningPlatform) -> Iterator[Trace]:
    """Yield every record of every topic, key, value and headers, up to where each ended when this began."""
    brokers = {"bootstrap.servers": running.stores["kafka"], "group.id": f"traces-{uuid.uuid4()}"}
    consumer = Consumer({**brokers, "enable.auto.commit": False, "enable.partition.eof": False})
    try:
        left = dict(_ends(consumer))
        consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in left])
        while left:
            record = consumer.poll(_PATIENCE_S)
            assert record is not None, f"these end at {left} and are not read to their end"
            assert record.error() is None, record.error()
            name, partition, offset = record.topic(), record.partition(), record.offset()
            assert name is not None
            assert partition is not None
            assert offset is not None
            headers = str(record.headers() or "").encode()
            yield f"topic {name}", b" ".join([record.key() or b"", record.value() or b"", headers])
            if offset >= left.get((name, partition), offset + 1) - 1:
                del left[name, partition]
    finally:
        consumer.close()


def _ends(consumer: Consumer) -> Iterator[tuple[tuple[str, int], int]]:
    """Yield each partition that holds something, and the offset after its last record."""
    for name, topic in consumer.list_topics(timeout=_PATIENCE_S).topics.items():
        for partition in topic.partitions if not name.startswith("__") else ():
            first, end = consumer.get_watermark_offsets(TopicPartition(name, partition), timeout=_PATIENCE_S)
            if first != end:
                yield (name, partition), end


def tables(running: RunningPlatform) -> Iterator[Trace]:
    """Yield every table of every domain, whole, as COPY writes it."""
    named = """
        SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'
        AND table_schema NOT IN ('pg_catalog', 'information_schema')"""
    with psycopg.connect(running.stores["postgres"], autocommit=True) as connection:
        for schema, table in connection.execute(named).fetchall():
            copy = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(schema, table))
            with connection.cursor().copy(copy) as rows:
                yield f"table {schema}.{table}", b"".join(bytes(row) for row in rows)


def redis(running: RunningPlatform) -> Iterator[Trace]:
    """Yield every key of Redis with its value."""
    client = Redis(running.stores["redis"], timeout_s=10.0)
    cursor, seen = b"0", 0
    while True:
        cursor, keys = client.call("SCAN", cursor, "COUNT", 1000)
        for key in keys:
            yield "redis", key + b" " + (client.call("DUMP", key) or b"")
        seen += len(keys)
        if cursor == b"0" or seen > _MAX_KEYS:
            return
