"""What every function of the domain shares: settings, database, accounts, sessions and their mirror."""

from dataclasses import dataclass
from functools import cache

from kit import secrets, settings
from kit.outbox import Outbox
from kit.stores.postgres import Database, DatabaseSettings
from kit.stores.redis import Redis
from users.adapters.postgres import PostgresAccounts, PostgresSessions
from users.adapters.redis import RedisMirror
from users.adapters.secrets import SigningSecret
from users.service.changes import Changes
from users.service.plans import PlanKeeping

_MIRROR_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class UsersSettings:
    """``TOKEN_ISSUER`` and ``TOKEN_AUDIENCE`` stand in every token; ``RELAY_FUNCTION`` publishes events.

    ``PERSONAL_DATA_KEY`` is the KMS key under which personal data is sealed.
    """

    stage: str
    token_issuer: str
    token_audience: str
    redis_url: str
    redis_secret: str = ""
    relay_function: str = ""
    personal_data_key: str = ""


@cache
def own() -> UsersSettings:
    """Return this domain's settings. Raises ``SettingsError`` that names a missing variable."""
    return settings.load(UsersSettings)


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def outbox() -> Outbox:
    """Return the outbox, which wakes the relay."""
    return Outbox(database(), own().relay_function or None)


@cache
def accounts() -> PostgresAccounts:
    """Return the accounts."""
    return PostgresAccounts(database(), outbox())


@cache
def sessions() -> PostgresSessions:
    """Return the sessions."""
    return PostgresSessions(database(), outbox())


@cache
def mirror() -> RedisMirror:
    """Return the mirror of revocations."""
    return RedisMirror(Redis(own().redis_url, own().redis_secret or None, timeout_s=_MIRROR_TIMEOUT_S))


@cache
def changes() -> Changes:
    """Return the way an account is changed; inside a consumer's transaction, the mirror is told after it."""
    return Changes(accounts(), mirror(), database().on_commit)


@cache
def plans() -> PlanKeeping:
    """Return what keeps plans in step."""
    return PlanKeeping(accounts(), changes())


@cache
def signing_secret() -> SigningSecret:
    """Return the reader of the signing keys."""
    return SigningSecret(secrets.get, f"treum/{own().stage}/signing-key")
