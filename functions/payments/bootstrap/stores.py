"""What every function of the domain shares: the database and, through it, the books."""

from functools import cache

from kit import settings
from kit.stores.postgres import Database, DatabaseSettings
from payments.adapters.postgres.ledger import PostgresLedger


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def ledger() -> PostgresLedger:
    """Return the books, on the same connection: what is posted in a transaction commits with it."""
    return PostgresLedger(database())
