"""The relay: our outbox to Kafka."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.kafka.producer import Producer
from kit.relay import Relay
from kit.stores.postgres import Database, DatabaseSettings


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where Kafka is."""

    kafka_brokers: str


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def relay() -> Relay:
    """Return the relay of our schema, with one warm producer."""
    return Relay(database(), Producer(settings.load(RelaySettings).kafka_brokers))
