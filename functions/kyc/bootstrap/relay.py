"""The relay: our outbox to Kafka."""

from functools import cache

from kit.relay import Relay, to_kafka
from kyc.bootstrap.stores import database


@cache
def relay() -> Relay:
    """Return the relay of our schema."""
    return to_kafka(database())


__all__ = ["database", "relay"]
