"""Real stores on one machine, without Docker: one class each, all with the same few verbs (see ``base``)."""

from local.stores.base import Store
from local.stores.influx import Influx
from local.stores.kafka import Kafka
from local.stores.postgres import Postgres
from local.stores.valkey import Valkey

__all__ = ["Influx", "Kafka", "Postgres", "Store", "Valkey"]
