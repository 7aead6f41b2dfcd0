"""How a source's consumer is set, and what its broker makes before the first of them."""

import logging
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from local.model import KafkaSource

_log = logging.getLogger(__name__)
_PATIENCE_S = 15.0


def know_groups(brokers: str) -> None:
    """Let a new broker make the topic of its groups' offsets: every group would wait three seconds for it."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "nobody", "enable.auto.commit": False})
    try:
        consumer.committed([TopicPartition("nothing", 0)], timeout=_PATIENCE_S)
    except KafkaException as error:  # then the groups find it, or wait for it
        _log.warning("the broker knows no groups yet: %s", error)
    finally:
        consumer.close()


def settings(
    source: KafkaSource,
    brokers: str,
    member: str,
    on_commit: Callable[[Any, list[TopicPartition]], None],
    on_error: Callable[[KafkaError], None],
) -> dict[str, Any]:
    """Return librdkafka's settings for one reader of ``source``."""
    return {
        "bootstrap.servers": brokers,
        "group.id": source.group,
        "client.id": member,
        # A static member: a platform that was killed takes its partitions back at once, and a broker away
        # for less than the session costs no rebalance.
        "group.instance.id": member,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "latest" if source.starting_position == "LATEST" else "earliest",
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": 45_000,
        "heartbeat.interval.ms": 1_000,
        "max.poll.interval.ms": 300_000,
        "fetch.wait.max.ms": 500,
        "fetch.error.backoff.ms": 100,
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,
        "topic.metadata.refresh.interval.ms": 5_000,
        # A broker that was fenced (it was late on a busy machine) names no broker at all, and is forgotten:
        # without this its members look for any broker in vain for five minutes.
        "metadata.recovery.rebootstrap.trigger.ms": 2_000,
        "queued.max.messages.kbytes": 8_192,
        "socket.nagle.disable": True,
        "on_commit": on_commit,
        "error_cb": on_error,
    }
