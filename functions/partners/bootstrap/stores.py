"""What several functions of the domain share: settings, the database, applications, the mirror of keys."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.outbox import Outbox
from kit.sealing import KmsWrapping, Sealer
from kit.stores.postgres import Database, DatabaseSettings
from kit.stores.redis import Redis
from kit.stores.vault import PostgresVault
from partners.adapters.postgres import PostgresApplications, PostgresEndpoints, PostgresMirrorSource
from partners.adapters.redis import RedisKeyMirror
from partners.model.target import Reach
from partners.service.mirroring import Mirroring

_MIRROR_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class PartnersSettings:
    """``RELAY_FUNCTION`` publishes events; ``PERSONAL_DATA_KEY`` is the KMS key that seals.

    ``WEBHOOK_REACH`` is empty, or ``local`` on a laptop: webhooks may go to the laptop itself, by http too.
    """

    stage: str
    redis_url: str = ""
    redis_secret: str = ""
    relay_function: str = ""
    personal_data_key: str = ""
    webhook_reach: str = ""


@cache
def own() -> PartnersSettings:
    """Return this domain's settings. Raises ``SettingsError`` that names a missing variable."""
    return settings.load(PartnersSettings)


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def outbox() -> Outbox:
    """Return the outbox."""
    return Outbox(database(), own().relay_function or None)


@cache
def redis() -> Redis:
    """Return the shared memory."""
    return Redis(own().redis_url, own().redis_secret or None, timeout_s=_MIRROR_TIMEOUT_S)


@cache
def applications() -> PostgresApplications:
    """Return the applications."""
    return PostgresApplications(database(), outbox())


@cache
def endpoints() -> PostgresEndpoints:
    """Return the endpoints."""
    return PostgresEndpoints(database(), outbox())


@cache
def mirroring() -> Mirroring:
    """Return what tells the authorizer."""
    return Mirroring(PostgresMirrorSource(database()), RedisKeyMirror(redis()))


@cache
def sealer() -> Sealer:
    """Return what seals signing secrets and contacts for their owners."""
    return Sealer(PostgresVault(database()), KmsWrapping(own().personal_data_key))


@cache
def reach() -> Reach:
    """Return what webhooks may reach."""
    return Reach(local=own().webhook_reach == "local")
