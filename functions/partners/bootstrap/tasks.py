"""The jobs: the mirror of keys, usage, retention."""

from functools import cache

from partners.adapters.postgres import PostgresLog, PostgresUsageBook
from partners.adapters.redis import RedisCounters
from partners.bootstrap import stores
from partners.service.log import Forgetting
from partners.service.usage import UsageKeeping


@cache
def usage() -> UsageKeeping:
    """Return what keeps usage."""
    return UsageKeeping(RedisCounters(stores.redis()), PostgresUsageBook(stores.database()))


@cache
def forgetting() -> Forgetting:
    """Return what forgets old deliveries."""
    return Forgetting(PostgresLog(stores.database()))
