"""The HTTP API: registration, sessions, credentials, profile, administration, published keys."""

from functools import cache

from kit import clock, secrets
from kit.audit import Witness
from kit.sealing import KmsWrapping, Sealer
from kit.stores.vault import PostgresVault
from users.adapters.consent_notices import ShippedNotices
from users.adapters.leaked import ShippedLeaks
from users.adapters.passwords import Argon2Passwords
from users.adapters.postgres import (
    PostgresAttempts,
    PostgresChallenges,
    PostgresConfirmations,
    PostgresConsents,
    PostgresCredentials,
    PostgresResets,
    PostgresSecondFactors,
    PostgresStanding,
)
from users.adapters.randomness import SystemChance
from users.adapters.secrets import PublishedKeys
from users.adapters.signing import RsaSigner
from users.adapters.totp import PyTotp
from users.bootstrap import credentials, stores
from users.service.address_change import AddressChanging
from users.service.administration import Administration
from users.service.confirming import Confirming
from users.service.consents import ConsentKeeping
from users.service.locks import LockKeeping
from users.service.opening import SessionOpening
from users.service.password_change import PasswordChanging
from users.service.password_reset import PasswordResetting
from users.service.passwords import PasswordPolicy
from users.service.profile import Profile
from users.service.registration import Registration
from users.service.second_factor import SecondFactorCheck, SecondFactorKeeping
from users.service.sessions import SessionKeeping
from users.service.sign_in import SignIn
from users.service.standing import AccountStanding
from users.service.step_up import StepUp
from users.service.tokens import Issuer
from users.service.trying import Trying


@cache
def registration() -> Registration:
    """Return the use cases of registration."""
    return Registration(
        accounts=stores.accounts(),
        challenges=PostgresChallenges(stores.database()),
        passwords=_passwords(),
        policy=_policy(),
        digests=credentials.digests(),
        chance=SystemChance(),
        sender=credentials.sender(),
    )


@cache
def sign_in() -> SignIn:
    """Return the use case of signing in."""
    return SignIn(
        accounts=stores.accounts(),
        trying=_trying(),
        mirror=stores.mirror(),
        passwords=_passwords(),
        chance=SystemChance(),
        confirming=_confirming(),
        opening=_opening(),
    )


@cache
def password_changing() -> PasswordChanging:
    """Return the use case of another password, signed in."""
    return PasswordChanging(
        accounts=stores.accounts(),
        credentials=_new_passwords(),
        trying=_trying(),
        passwords=_passwords(),
        chance=SystemChance(),
        policy=_policy(),
        mirror=stores.mirror(),
        opening=_opening(),
        notices=credentials.notices(),
    )


@cache
def password_resetting() -> PasswordResetting:
    """Return the use case of another password, with a code."""
    return PasswordResetting(
        accounts=stores.accounts(),
        resets=PostgresResets(stores.database()),
        credentials=_new_passwords(),
        passwords=_passwords(),
        policy=_policy(),
        digests=credentials.digests(),
        chance=SystemChance(),
        sender=credentials.sender(),
        check=_check(),
        mirror=stores.mirror(),
        notices=credentials.notices(),
    )


@cache
def address_changing() -> AddressChanging:
    """Return the use cases of another address."""
    return credentials.address_changing()


@cache
def locks() -> LockKeeping:
    """Return the keeping of locks."""
    return credentials.locks()


@cache
def sessions() -> SessionKeeping:
    """Return the use cases of sessions."""
    return SessionKeeping(stores.sessions(), stores.mirror(), _issuer())


@cache
def step_up() -> StepUp:
    """Return the use cases of stepping up."""
    return StepUp(stores.accounts(), _confirming(), _issuer())


@cache
def second_factor() -> SecondFactorKeeping:
    """Return what owners do with their second factor."""
    return SecondFactorKeeping(stores.accounts(), _check(), SystemChance(), credentials.notices())


@cache
def profile() -> Profile:
    """Return the use cases of one's own account."""
    return Profile(stores.accounts())


@cache
def administration() -> Administration:
    """Return the use cases of administrators."""
    return Administration(stores.accounts(), stores.changes())


@cache
def standing() -> AccountStanding:
    """Return what support and administrators do about who may come in."""
    return AccountStanding(
        PostgresStanding(stores.database(), stores.outbox()),
        stores.sessions(),
        stores.mirror(),
        credentials.notices(),
    )


@cache
def consents() -> ConsentKeeping:
    """Return the ledger of consents."""
    ledger = PostgresConsents(stores.database(), stores.outbox())
    return ConsentKeeping(stores.accounts(), ledger, ShippedNotices())


@cache
def witness() -> Witness:
    """Return what knows who acts; without a key for personal data it keeps no addresses."""
    return Witness(_sealer().seal) if stores.own().personal_data_key else Witness()


@cache
def published_keys() -> PublishedKeys:
    """Return the reader of our JWKS document."""
    found = stores.own()
    return PublishedKeys(secrets.get, f"treum/{found.stage}/jwks", found.token_issuer)


@cache
def _confirming() -> Confirming:
    return Confirming(
        PostgresConfirmations(stores.database()),
        credentials.digests(),
        SystemChance(),
        credentials.sender(),
        _check(),
    )


@cache
def _check() -> SecondFactorCheck:
    factors = PostgresSecondFactors(stores.database(), stores.outbox())
    return SecondFactorCheck(factors, PyTotp(), _sealer(), credentials.digests())


@cache
def _sealer() -> Sealer:
    return Sealer(PostgresVault(stores.database()), KmsWrapping(stores.own().personal_data_key))


@cache
def _passwords() -> Argon2Passwords:
    return Argon2Passwords()


@cache
def _policy() -> PasswordPolicy:
    return PasswordPolicy(ShippedLeaks())


@cache
def _trying() -> Trying:
    return Trying(PostgresAttempts(stores.database()), credentials.digests())


@cache
def _new_passwords() -> PostgresCredentials:
    return PostgresCredentials(stores.database(), stores.outbox())


@cache
def _opening() -> SessionOpening:
    return SessionOpening(stores.sessions(), stores.mirror(), _issuer())


@cache
def _issuer() -> Issuer:
    return Issuer(
        issuer=stores.own().token_issuer,
        audience=stores.own().token_audience,
        signer=RsaSigner(stores.signing_secret().keys, clock.unix),
        digests=credentials.digests(),
        chance=SystemChance(),
    )
