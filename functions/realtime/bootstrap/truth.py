"""What is read from PostgreSQL; the socket function comes here only where Redis does not know."""

from functools import cache

from kit import settings
from kit.stores.postgres import Database, DatabaseSettings
from realtime.adapters.postgres import PostgresChannels, PostgresPlans
from realtime.service.subscriptions import Truth


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def truth() -> Truth:
    """Return channels and plans."""
    return Truth(PostgresChannels(database()), PostgresPlans(database()))
