"""The producer on a real broker: acknowledged means readable, unknown means Undelivered."""

import socket
import uuid
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer as Client
from confluent_kafka import TopicPartition

from bootstrap import bus
from kit import clock
from kit.kafka.producer import Out, Producer, Refused, Undelivered


@pytest.fixture(scope="module")
def topic(kafka_brokers: str) -> str:
    name = f"try-{uuid.uuid4().hex}"
    one = bus.Topic(
        about="", format="internal", events=(), key="", partitions=3, local_partitions=2,
        retention_days=1, producers=(), consumers=(), dead_letter="",
    )  # fmt: skip
    assert bus.ensure(kafka_brokers, {name: one}, "small", {}) == [name]
    assert bus.ensure(kafka_brokers, {name: one}, "small", {}) == []
    assert bus.ensure(kafka_brokers, {name: one}, "full", {}) == [name]
    return name


@pytest.fixture
def reader(kafka_brokers: str) -> Iterator[Client]:
    client = Client({"bootstrap.servers": kafka_brokers, "group.id": uuid.uuid4().hex})
    yield client
    client.close()


def _read(client: Client, topic: str, count: int) -> list[tuple[int, bytes, bytes]]:
    client.assign([TopicPartition(topic, partition, 0) for partition in range(3)])
    found: list[tuple[int, bytes, bytes]] = []
    until = clock.monotonic() + 10
    while len(found) < count and clock.monotonic() < until:
        message = client.poll(0.2)
        if message is not None and message.error() is None:
            found.append((message.partition() or 0, message.key() or b"", message.value() or b""))
    return found


def test_topics_have_the_partitions_and_retention_of_their_file(kafka_brokers: str, topic: str) -> None:
    from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient  # noqa: PLC0415 - slow to import

    admin = KafkaAdminClient(bootstrap_servers=kafka_brokers)
    (found,) = admin.describe_topics([topic])
    config = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    admin.close()
    assert len(found["partitions"]) == 3
    assert "86400000" in str(config)


def test_what_is_acknowledged_can_be_read_and_a_key_keeps_its_order(
    kafka_brokers: str, topic: str, reader: Client
) -> None:
    producer = Producer(kafka_brokers)
    producer.send([Out(topic, f"k{n % 7}", str(n).encode(), (("type", b"x"),)) for n in range(500)])
    found = _read(reader, topic, 500)
    assert len(found) == 500
    for key in range(7):
        values = [int(value) for _, seen, value in found if seen == f"k{key}".encode()]
        assert values == list(range(key, 500, 7))
    assert len({partition for partition, _, _ in found}) > 1


def test_a_broker_that_is_away_is_said_within_the_deadline() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        producer = Producer(f"127.0.0.1:{taken.getsockname()[1]}", deadline_s=1.0)
        began = clock.monotonic()
        with pytest.raises(Undelivered) as caught:
            producer.send([Out("t", "k", b"v"), Out("t", "k", b"w")])
    assert clock.monotonic() - began < 3
    assert caught.value.failed == {0, 1}


def test_a_record_too_large_is_refused_and_its_neighbours_arrive(kafka_brokers: str, topic: str) -> None:
    producer = Producer(kafka_brokers)
    with pytest.raises((Refused, Undelivered)) as caught:
        producer.send([Out(topic, "a", b"small"), Out(topic, "b", b"x" * 2_000_000)])
    assert isinstance(caught.value, Refused)
    assert caught.value.failed == {1}
    producer.send([Out(topic, "a", b"after")])
