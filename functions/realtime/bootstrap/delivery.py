"""From a fact to the workers' topic: publishing, and entitlements that end."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.kafka.producer import Producer
from realtime.adapters.kafka import KafkaFanout
from realtime.adapters.postgres import PostgresChannels, PostgresDelayed
from realtime.bootstrap import stores, truth
from realtime.service.entitlement import Entitlement
from realtime.service.publishing import Publishing


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """Where Kafka is."""

    kafka_brokers: str


@cache
def queue() -> KafkaFanout:
    """Return the way to the workers."""
    return KafkaFanout(Producer(settings.load(DeliverySettings).kafka_brokers))


@cache
def publishing() -> Publishing:
    """Return the use cases of publication."""
    db = truth.database()
    return Publishing(PostgresChannels(db), PostgresDelayed(db), stores.history(), stores.registry(), queue())


@cache
def entitlement() -> Entitlement:
    """Return the use cases of entitlement."""
    plans = truth.truth().plans
    return Entitlement(lambda: plans, stores.registry(), queue(), stores.own().fanout_shards)
