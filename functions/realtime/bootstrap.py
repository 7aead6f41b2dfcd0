"""Settings → adapters → use cases, once a container, on first use; heavy imports stand where they are used.

The socket function, the authorizer and the worker must start fast: they never pass by psycopg or
librdkafka, except the socket function in the rare branch where Redis does not know.
"""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit import settings
from kit.stores.redis import Redis

if TYPE_CHECKING:
    from kit.stores.postgres import Database
    from realtime.adapters.gateway import GatewayOutbound
    from realtime.adapters.kafka import KafkaFanout
    from realtime.adapters.posting import Poster
    from realtime.adapters.redis_history import RedisHistory
    from realtime.adapters.redis_registry import RedisRegistry
    from realtime.adapters.redis_tickets import RedisTickets
    from realtime.service.entitlement import Entitlement
    from realtime.service.publishing import Publishing
    from realtime.service.subscriptions import Subscriptions, Truth

_LANES = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """``fanout_shards`` must be the same in every function of the domain."""

    redis_url: str
    redis_secret: str = ""
    fanout_shards: int = 16
    allowed_origins: tuple[str, ...] = ()


@functools.cache
def read_settings() -> Settings:
    """Return the settings."""
    return settings.load(Settings)


@functools.cache
def redis() -> Redis:
    """Return the Redis client."""
    found = read_settings()
    return Redis(found.redis_url, found.redis_secret or None)


@functools.cache
def tickets() -> "RedisTickets":
    """Return the tickets."""
    from realtime.adapters.redis_tickets import RedisTickets  # noqa: PLC0415 - only where tickets are used

    return RedisTickets(redis())


@functools.cache
def registry() -> "RedisRegistry":
    """Return the registry of sockets."""
    from realtime.adapters.redis_registry import RedisRegistry  # noqa: PLC0415 - not in the worker

    return RedisRegistry(redis(), read_settings().fanout_shards)


@functools.cache
def history() -> "RedisHistory":
    """Return the cached history."""
    from realtime.adapters.redis_history import RedisHistory  # noqa: PLC0415 - not in the worker

    return RedisHistory(redis())


@functools.cache
def database() -> "Database":
    """Return the database."""
    from kit.stores.postgres import Database, DatabaseSettings  # noqa: PLC0415 - psycopg: 200 ms

    return Database(settings.load(DatabaseSettings))


@functools.cache
def truth() -> "Truth":
    """Return what is read from PostgreSQL."""
    from realtime.adapters.postgres import PostgresChannels, PostgresPlans  # noqa: PLC0415 - psycopg
    from realtime.service.subscriptions import Truth  # noqa: PLC0415 - with it

    return Truth(PostgresChannels(database()), PostgresPlans(database()))


@functools.cache
def queue() -> "KafkaFanout":
    """Return the way to the workers."""
    from kit.kafka.producer import Producer  # noqa: PLC0415 - librdkafka: 90 ms
    from realtime.adapters.kafka import KafkaFanout  # noqa: PLC0415 - with it

    return KafkaFanout(Producer(settings.optional("KAFKA_BROKERS")))


@functools.cache
def outbound() -> "GatewayOutbound":
    """Return the way to one connection."""
    from kit.aws.client import AwsClient  # noqa: PLC0415 - only the socket function posts by itself
    from realtime.adapters.gateway import GatewayOutbound  # noqa: PLC0415 - with it

    return GatewayOutbound(AwsClient("execute-api"))


@functools.cache
def subscriptions() -> "Subscriptions":
    """Return the use cases of a socket."""
    from realtime.service.subscriptions import Subscriptions  # noqa: PLC0415 - the socket function's

    return Subscriptions(registry(), history(), outbound(), truth)


@functools.cache
def publishing() -> "Publishing":
    """Return the use cases of publication."""
    from realtime.adapters.postgres import PostgresChannels, PostgresDelayed  # noqa: PLC0415 - psycopg
    from realtime.service.publishing import Publishing  # noqa: PLC0415 - with it

    db = database()
    return Publishing(PostgresChannels(db), PostgresDelayed(db), history(), registry(), queue())


@functools.cache
def entitlement() -> "Entitlement":
    """Return the use cases of entitlement."""
    from realtime.service.entitlement import Entitlement  # noqa: PLC0415 - one function's

    return Entitlement(lambda: truth().plans, registry(), queue(), read_settings().fanout_shards)


@functools.cache
def poster() -> "Poster":
    """Return the worker's poster."""
    from kit import clock  # noqa: PLC0415 - only the worker
    from kit.aws import client, credentials  # noqa: PLC0415 - only the worker
    from realtime.adapters.posting import Poster  # noqa: PLC0415 - only the worker
    from realtime.adapters.signing import Signer  # noqa: PLC0415 - only the worker

    end = client.endpoint("execute-api")
    return Poster(end, Signer(end, client.region(), credentials.current, clock.unix), width=_LANES)


def tell_gone(payload: bytes) -> None:
    """Invoke the schedule function with the connections that ended. Raises ``Retryable`` or ``AwsError``."""
    from kit.aws import lambdas  # noqa: PLC0415 - rarely

    lambdas.invoke_async(settings.optional("SCHEDULE_FUNCTION"), payload)
