"""Settings → adapters → use cases, once per container and on first use. Opens no connection itself."""

from dataclasses import dataclass
from functools import cache

from kit import clock, secrets, settings
from kit.aws import mail
from kit.aws.client import AwsClient
from kit.outbox import Outbox
from kit.stores.postgres import Database, DatabaseSettings
from kit.stores.redis import Redis
from users.adapters.crypto import Argon2Passwords, HmacDigests, RsaForge, RsaSigner, SystemChance
from users.adapters.mail import MailSender
from users.adapters.postgres import (
    PostgresAccounts,
    PostgresAttempts,
    PostgresChallenges,
    PostgresRetention,
    PostgresSessions,
)
from users.adapters.redis import RedisMirror
from users.adapters.secrets import PublishedKeys, SecretsVault, SigningSecret
from users.service.administration import Administration, FirstAdmin
from users.service.profile import Profile
from users.service.registration import Registration
from users.service.sessions import SessionKeeping
from users.service.sign_in import SignIn
from users.service.tokens import Issuer
from users.service.upkeep import Forgetting, Keys, Mirroring

_MIRROR_TIMEOUT_S = 1.0


@dataclass(frozen=True)
class UsersSettings:
    """``TOKEN_ISSUER`` and ``TOKEN_AUDIENCE`` stand in every token; ``RELAY_FUNCTION`` publishes events."""

    stage: str
    token_issuer: str
    token_audience: str
    redis_url: str
    redis_secret: str = ""
    relay_function: str = ""


@cache
def own() -> UsersSettings:
    """Return this domain's settings. Raises ``SettingsError`` that names a missing variable."""
    return settings.load(UsersSettings)


@cache
def database() -> Database:
    """Return the container's database."""
    return Database(settings.load(DatabaseSettings))


@cache
def registration() -> Registration:
    """Return the use cases of registration."""
    return Registration(
        accounts=_accounts(),
        challenges=PostgresChallenges(database()),
        passwords=_passwords(),
        digests=_digests(),
        chance=SystemChance(),
        sender=MailSender(mail.send_email, mail.send_sms),
    )


@cache
def sign_in() -> SignIn:
    """Return the use case of signing in."""
    return SignIn(
        accounts=_accounts(),
        attempts=PostgresAttempts(database()),
        sessions=_sessions(),
        mirror=_mirror(),
        passwords=_passwords(),
        digests=_digests(),
        chance=SystemChance(),
        issuer=_issuer(),
    )


@cache
def sessions() -> SessionKeeping:
    """Return the use cases of sessions."""
    return SessionKeeping(_sessions(), _mirror(), _issuer())


@cache
def profile() -> Profile:
    """Return the use cases of one's own account."""
    return Profile(_accounts())


@cache
def administration() -> Administration:
    """Return the use cases of administrators."""
    return Administration(_accounts(), _mirror())


@cache
def published_keys() -> PublishedKeys:
    """Return the reader of our JWKS document."""
    return PublishedKeys(secrets.get, f"treum/{own().stage}/jwks", own().token_issuer)


@cache
def keys() -> Keys:
    """Return the upkeep of signing keys."""
    return Keys(_vault(), RsaForge())


@cache
def mirroring() -> Mirroring:
    """Return the upkeep of the mirror of revocations."""
    return Mirroring(_sessions(), _mirror())


@cache
def retention() -> Forgetting:
    """Return the upkeep of what is past its use."""
    return Forgetting(PostgresRetention(database()))


@cache
def first_admin() -> FirstAdmin:
    """Return what opens the first administrator's account."""
    return FirstAdmin(_accounts(), _passwords(), SystemChance(), _vault())


@cache
def _outbox() -> Outbox:
    return Outbox(database(), own().relay_function or None)


@cache
def _accounts() -> PostgresAccounts:
    return PostgresAccounts(database(), _outbox())


@cache
def _sessions() -> PostgresSessions:
    return PostgresSessions(database(), _outbox())


@cache
def _mirror() -> RedisMirror:
    return RedisMirror(Redis(own().redis_url, own().redis_secret or None, timeout_s=_MIRROR_TIMEOUT_S))


@cache
def _passwords() -> Argon2Passwords:
    return Argon2Passwords()


@cache
def _signing_secret() -> SigningSecret:
    return SigningSecret(secrets.get, f"treum/{own().stage}/signing-key")


@cache
def _digests() -> HmacDigests:
    return HmacDigests(_signing_secret().digest_key)


@cache
def _issuer() -> Issuer:
    return Issuer(
        issuer=own().token_issuer,
        audience=own().token_audience,
        signer=RsaSigner(_signing_secret().keys, clock.unix),
        digests=_digests(),
        chance=SystemChance(),
    )


@cache
def _vault() -> SecretsVault:
    return SecretsVault(
        secrets.get, AwsClient("secretsmanager"), stage=own().stage, issuer=own().token_issuer
    )
