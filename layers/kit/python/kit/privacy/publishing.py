"""For a contributor whose domain has no relay: it publishes its answers itself."""

from dataclasses import dataclass

from kit import settings
from kit.kafka.producer import Producer
from kit.relay import Relay
from kit.stores.postgres import Database


@dataclass(frozen=True, slots=True)
class PublisherSettings:
    """Where Kafka is."""

    kafka_brokers: str


def publisher(db: Database) -> Relay:
    """Return a relay over ``db`` with one warm producer."""
    return Relay(db, Producer(settings.load(PublisherSettings).kafka_brokers))
