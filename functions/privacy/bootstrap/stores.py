"""What the functions share: settings, the database and the stores over it."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.due.postgres import PostgresDueRows
from kit.outbox import Outbox
from kit.stores.postgres import Database, DatabaseSettings
from privacy.adapters.archives_s3 import S3Archives
from privacy.adapters.keys import AuditKeys
from privacy.adapters.postgres import (
    PostgresEngagements,
    PostgresErasures,
    PostgresExports,
    PostgresHolds,
)
from privacy.model.due import DueKind
from privacy.service.erasing import Erasing
from privacy.service.exporting import Exporting


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """``key_function`` destroys keys; ``personal_data_key`` is the KMS key that seals."""

    relay_function: str = ""
    key_function: str = ""
    export_bucket: str = ""
    personal_data_key: str = ""


@cache
def own() -> PrivacySettings:
    """Return these settings."""
    return settings.load(PrivacySettings)


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def outbox() -> Outbox:
    """Return the outbox."""
    return Outbox(database(), own().relay_function or None)


@cache
def due() -> PostgresDueRows[DueKind]:
    """Return what is due later."""
    return PostgresDueRows(database())


@cache
def exports() -> PostgresExports:
    """Return the exports."""
    return PostgresExports(database(), outbox())


@cache
def erasures() -> PostgresErasures:
    """Return the erasures."""
    return PostgresErasures(database(), outbox())


@cache
def holds() -> PostgresHolds:
    """Return the legal holds."""
    return PostgresHolds(database(), outbox())


@cache
def engagements() -> PostgresEngagements:
    """Return what goes on with people."""
    return PostgresEngagements(database())


@cache
def exporting() -> Exporting:
    """Return the use cases of exports."""
    archives = S3Archives(own().export_bucket)
    return Exporting(exports(), erasures(), archives, due(), database().transaction)


@cache
def erasing() -> Erasing:
    """Return the use cases of erasures."""
    keys = AuditKeys(database(), own().key_function)
    return Erasing(erasures(), exports(), holds(), engagements(), keys, due(), database().transaction)
