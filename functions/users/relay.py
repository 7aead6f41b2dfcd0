"""Entry point that publishes this domain's outbox: woken after a commit, and by a schedule each minute."""

from functools import cache

from kit import relay, settings
from kit.kafka.producer import Producer
from users import bootstrap


@cache
def _relay() -> relay.Relay:
    return relay.Relay(bootstrap.database(), Producer(settings.optional("KAFKA_BROKERS")))


handler = relay.handler(_relay, bootstrap.database)
