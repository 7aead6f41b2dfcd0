"""What every function of the domain shares: the database and, through it, the chains."""

from functools import cache

from audit.adapters.postgres import PostgresLog
from kit import settings
from kit.stores.postgres import Database, DatabaseSettings


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def log() -> PostgresLog:
    """Return the event store."""
    return PostgresLog(database())
