"""What every function of the domain shares: settings, the database and, through it, the chains."""

from dataclasses import dataclass
from functools import cache

from audit.adapters.postgres import PostgresLog
from kit import settings
from kit.stores.postgres import Database, DatabaseSettings


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """``AUDIT_BUCKET`` locks what lies in it; ``PERSONAL_DATA_KEY`` is the KMS key under all data keys."""

    stage: str
    audit_bucket: str = ""
    personal_data_key: str = ""
    relay_function: str = ""

    @property
    def origin(self) -> str:
        """What signed heads call this installation."""
        return f"treum/{self.stage}"


@cache
def own() -> AuditSettings:
    """Return this domain's settings. Raises ``SettingsError`` that names a missing variable."""
    return settings.load(AuditSettings)


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def log() -> PostgresLog:
    """Return the event store."""
    return PostgresLog(database())
