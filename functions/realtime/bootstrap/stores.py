"""What every function inside the VPC shares: settings, and what lies in Redis."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.stores.redis import Redis
from realtime.adapters.redis_history import RedisHistory
from realtime.adapters.redis_registry import RedisRegistry
from realtime.adapters.redis_tickets import RedisTickets


@dataclass(frozen=True, slots=True)
class RealtimeSettings:
    """``fanout_shards`` must be the same in every function of the domain."""

    redis_url: str
    redis_secret: str = ""
    fanout_shards: int = 16
    allowed_origins: tuple[str, ...] = ()


@cache
def own() -> RealtimeSettings:
    """Return this domain's settings."""
    return settings.load(RealtimeSettings)


@cache
def _redis() -> Redis:
    return Redis(own().redis_url, own().redis_secret or None)


@cache
def tickets() -> RedisTickets:
    """Return the tickets."""
    return RedisTickets(_redis())


@cache
def registry() -> RedisRegistry:
    """Return the registry of sockets."""
    return RedisRegistry(_redis(), own().fanout_shards)


@cache
def history() -> RedisHistory:
    """Return the cached history."""
    return RedisHistory(_redis())
