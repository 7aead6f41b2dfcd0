"""The jobs: signing keys, the mirror of revocations, retention, the first administrator."""

from functools import cache

from kit import secrets
from kit.aws.client import AwsClient
from users.adapters.passwords import Argon2Passwords
from users.adapters.postgres import PostgresRetention
from users.adapters.randomness import SystemChance
from users.adapters.secrets import SecretsVault
from users.adapters.signing import RsaForge
from users.bootstrap import credentials, stores
from users.service.address_change import AddressChanging
from users.service.administration import FirstAdmin
from users.service.locks import LockKeeping
from users.service.upkeep import Forgetting, Keys, Mirroring


@cache
def keys() -> Keys:
    """Return the upkeep of signing keys."""
    return Keys(_vault(), RsaForge())


@cache
def mirroring() -> Mirroring:
    """Return the upkeep of the mirror of revocations."""
    return Mirroring(stores.sessions(), stores.mirror())


@cache
def retention() -> Forgetting:
    """Return the upkeep of what is past its use."""
    return Forgetting(PostgresRetention(stores.database()))


@cache
def address_changing() -> AddressChanging:
    """Return the use cases of another address."""
    return credentials.address_changing()


@cache
def locks() -> LockKeeping:
    """Return the keeping of locks."""
    return credentials.locks()


@cache
def first_admin() -> FirstAdmin:
    """Return what opens the first administrator's account."""
    return FirstAdmin(stores.accounts(), Argon2Passwords(), SystemChance(), _vault())


@cache
def _vault() -> SecretsVault:
    found = stores.own()
    return SecretsVault(
        secrets.get, AwsClient("secretsmanager"), stage=found.stage, issuer=found.token_issuer
    )
