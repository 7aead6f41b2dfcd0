"""Topics: read from their files, made where they are missing, grown and given their retention where not."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

_NAME = re.compile(r"^[a-z][a-z-]*$")
_DAY_MS = 86_400_000
_REPLICAS = 3

Size = Literal["full", "small"]


class TopicFileError(Exception):
    """One line for a person: which topic file, what is wrong."""


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of ``events/topics``; its name is the topic's. Producers and consumers are functions."""

    about: str
    format: Literal["cloudevents", "internal"]
    events: tuple[str, ...]
    key: str
    partitions: int
    local_partitions: int
    retention_days: int
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    dead_letter: str

    def count(self, size: Size) -> int:
        """Return the number of partitions for a deployment of ``size``."""
        return self.partitions if size == "full" else self.local_partitions


def read(folder: Path) -> dict[str, Topic]:
    """Return the topics of ``folder`` by name. Raises :class:`TopicFileError`."""
    found: dict[str, Topic] = {}
    for path in sorted(folder.glob("*.yaml")):
        if not _NAME.match(path.stem):
            raise TopicFileError(f"{path.name}: a topic's name is small letters and hyphens")
        try:
            found[path.stem] = msgspec.yaml.decode(path.read_bytes(), type=Topic)
        except msgspec.MsgspecError as error:
            raise TopicFileError(f"{path.name}: {error}") from error
    return found


def ensure(brokers: str, topics: Mapping[str, Topic], size: Size, auth: Mapping[str, Any]) -> list[str]:
    """Make what is missing of ``topics`` and return the names of those made or grown now.

    Partitions are never taken away (Kafka cannot); a topic keeps the larger number.
    """
    from kafka.admin import KafkaAdminClient  # noqa: PLC0415 - 0.25 s, only here

    admin = KafkaAdminClient(bootstrap_servers=brokers.split(","), client_id="treum-bootstrap", **auth)
    try:
        return _ensure(admin, topics, size)
    finally:
        admin.close()


def _ensure(admin: Any, topics: Mapping[str, Topic], size: Size) -> list[str]:
    from kafka.admin import NewPartitions, NewTopic  # noqa: PLC0415 - as above

    replicas = min(_REPLICAS, len(admin.describe_cluster()["brokers"]))
    known: dict[str, int] = {
        found["name"]: len(found["partitions"]) for found in admin.describe_topics(list(admin.list_topics()))
    }
    missing = {name: topic for name, topic in topics.items() if name not in known}
    if missing:
        admin.create_topics(
            [
                NewTopic(name, topic.count(size), replicas, topic_configs=_config(topic, replicas))
                for name, topic in missing.items()
            ]
        )
    grown = {
        name: NewPartitions(topic.count(size))
        for name, topic in topics.items()
        if 0 < known.get(name, 0) < topic.count(size)
    }
    if grown:
        admin.create_partitions(grown)
    _retain(admin, [name for name in topics if name in known], topics)
    return sorted([*missing, *grown])


def _config(topic: Topic, replicas: int) -> dict[str, str]:
    return {
        "retention.ms": str(topic.retention_days * _DAY_MS),
        "min.insync.replicas": str(max(1, replicas - 1)),
    }


def _retain(admin: Any, names: Sequence[str], topics: Mapping[str, Topic]) -> None:
    from kafka.admin import ConfigResource, ConfigResourceType  # noqa: PLC0415 - as above

    if names:
        admin.alter_configs(
            [
                ConfigResource(
                    ConfigResourceType.TOPIC,
                    name,
                    configs={"retention.ms": str(topics[name].retention_days * _DAY_MS)},
                )
                for name in names
            ]
        )
