"""What every function of the domain shares: settings, database, reference data, policies."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.stores.postgres import Database, DatabaseSettings
from signals import policies
from signals.adapters.files import FileReference
from signals.adapters.postgres import (
    PostgresCandleStore,
    PostgresQualityLedger,
    PostgresRevisionBook,
    PostgresSignalBook,
    PostgresSigners,
)
from signals.ports import CandleStore


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Without ``influx_url`` candles live in PostgreSQL."""

    relay_function: str = ""
    influx_url: str = ""
    influx_bucket: str = "market"


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def reference() -> FileReference:
    """Return instruments, splits and analysts."""
    return FileReference()


@cache
def rules() -> policies.Policies:
    """Return every version of every policy."""
    return policies.load()


@cache
def book() -> PostgresSignalBook:
    """Return the book of signals, which wakes the relay after a commit."""
    return PostgresSignalBook(database(), settings.load(StoreSettings).relay_function or None)


@cache
def revisions() -> PostgresRevisionBook:
    """Return the revisions of its signals."""
    return PostgresRevisionBook(database(), book())


@cache
def signers() -> PostgresSigners:
    """Return who signs as which analyst."""
    return PostgresSigners(database())


@cache
def ledger() -> PostgresQualityLedger:
    """Return the record of the candles' quality."""
    return PostgresQualityLedger(database())


@cache
def candles() -> CandleStore:
    """Return the time-series store that the settings choose."""
    chosen = settings.load(StoreSettings)
    if not chosen.influx_url:
        return PostgresCandleStore(database())
    from kit.stores import influx  # noqa: PLC0415 - 360 ms that only functions with InfluxDB pay
    from signals.adapters.influx import InfluxCandleStore  # noqa: PLC0415 - as above

    found = settings.load(influx.InfluxSettings)
    return InfluxCandleStore(lambda fresh: influx.connect(found, fresh=fresh), chosen.influx_bucket)
