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
    """Yield every record of every topic, key, value and headers."""
    brokers = {"bootstrap.servers": running.stores["kafka"], "group.id": f"traces-{uuid.uuid4()}"}
    consumer = Consumer({**brokers, "enable.auto.commit": False, "enable.partition.eof": False})
    try:
        for name, topic in consumer.list_topics(timeout=_PATIENCE_S).topics.items():
            for partition in topic.partitions if not name.startswith("__") else ():
                yield from _partition(consumer, name, partition)
    finally:
        consumer.close()


def _partition(consumer: Consumer, name: str, partition: int) -> Iterator[Trace]:
    place = TopicPartition(name, partition, OFFSET_BEGINNING)
    first, end = consumer.get_watermark_offsets(place, timeout=_PATIENCE_S)
    if first == end:
        return
    consumer.assign([place])
    while True:
        record = consumer.poll(_PATIENCE_S)
        assert record is not None, f"{name}-{partition} ends at {end} and is not read to its end"
        assert record.error() is None, record.error()
        headers = str(record.headers() or "").encode()
        yield f"topic {name}", b" ".join([record.key() or b"", record.value() or b"", headers])
        if (record.offset() or 0) >= end - 1:
            return


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
