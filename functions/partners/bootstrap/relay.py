"""The relay: our outbox to Kafka."""

from functools import cache

from kit import settings
from kit.relay import Relay, to_kafka
from kit.stores.postgres import Database, DatabaseSettings


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def relay() -> Relay:
    """Return the relay of our schema."""
    return to_kafka(database())
