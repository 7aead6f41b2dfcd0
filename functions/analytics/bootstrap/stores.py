"""What every function of the domain shares: the database, and what is read and made in it."""

from functools import cache

from analytics.adapters.postgres import PostgresAnswers, PostgresEventStore, PostgresProjections
from kit import settings
from kit.stores.postgres import Database, DatabaseSettings


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def events() -> PostgresEventStore:
    """Return the event store."""
    return PostgresEventStore(database())


@cache
def projections() -> PostgresProjections:
    """Return the consumers."""
    return PostgresProjections(database())


@cache
def answers() -> PostgresAnswers:
    """Return the figures."""
    return PostgresAnswers(database())
