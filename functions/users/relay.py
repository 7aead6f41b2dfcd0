"""Entry point that publishes this domain's outbox: woken after a commit, and by a schedule each minute."""

from functools import cache

from kit import relay, settings
from kit.kafka.producer import Producer
from kit.stores.postgres import Database, DatabaseSettings


@cache
def _database() -> Database:
    return Database(settings.load(DatabaseSettings))


@cache
def _relay() -> relay.Relay:
    return relay.Relay(_database(), Producer(settings.optional("KAFKA_BROKERS")))


handler = relay.handler(_relay, _database)
