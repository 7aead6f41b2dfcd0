"""The HTTP API: registration, sessions, profile, administration, published keys."""

from functools import cache

from kit import clock, secrets
from kit.audit import Witness
from kit.aws import mail
from kit.sealing import KmsWrapping, Sealer
from kit.stores.vault import PostgresVault
from users.adapters.mail import MailSender
from users.adapters.passwords import Argon2Passwords
from users.adapters.postgres import (
    PostgresAttempts,
    PostgresChallenges,
    PostgresConfirmations,
    PostgresSecondFactors,
)
from users.adapters.randomness import HmacDigests, SystemChance
from users.adapters.secrets import PublishedKeys
from users.adapters.signing import RsaSigner
from users.adapters.totp import PyTotp
from users.bootstrap import stores
from users.service.administration import Administration
from users.service.confirming import Confirming
from users.service.notices import Notices
from users.service.profile import Profile
from users.service.registration import Registration
from users.service.second_factor import SecondFactorCheck, SecondFactorKeeping
from users.service.sessions import SessionKeeping
from users.service.sign_in import SignIn
from users.service.step_up import StepUp
from users.service.tokens import Issuer


@cache
def registration() -> Registration:
    """Return the use cases of registration."""
    return Registration(
        accounts=stores.accounts(),
        challenges=PostgresChallenges(stores.database()),
        passwords=_passwords(),
        digests=_digests(),
        chance=SystemChance(),
        sender=_sender(),
    )


@cache
def sign_in() -> SignIn:
    """Return the use case of signing in."""
    return SignIn(
        accounts=stores.accounts(),
        attempts=PostgresAttempts(stores.database()),
        sessions=stores.sessions(),
        mirror=stores.mirror(),
        passwords=_passwords(),
        digests=_digests(),
        chance=SystemChance(),
        issuer=_issuer(),
        confirming=_confirming(),
    )


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
    return SecondFactorKeeping(stores.accounts(), _check(), SystemChance(), Notices(_sender()))


@cache
def profile() -> Profile:
    """Return the use cases of one's own account."""
    return Profile(stores.accounts())


@cache
def administration() -> Administration:
    """Return the use cases of administrators."""
    return Administration(stores.accounts(), stores.changes())


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
        PostgresConfirmations(stores.database()), _digests(), SystemChance(), _sender(), _check()
    )


@cache
def _check() -> SecondFactorCheck:
    return SecondFactorCheck(PostgresSecondFactors(stores.database()), PyTotp(), _sealer(), _digests())


@cache
def _sealer() -> Sealer:
    return Sealer(PostgresVault(stores.database()), KmsWrapping(stores.own().personal_data_key))


@cache
def _sender() -> MailSender:
    return MailSender(mail.send_email, mail.send_sms)


@cache
def _passwords() -> Argon2Passwords:
    return Argon2Passwords()


@cache
def _digests() -> HmacDigests:
    return HmacDigests(stores.signing_secret().digest_key)


@cache
def _issuer() -> Issuer:
    return Issuer(
        issuer=stores.own().token_issuer,
        audience=stores.own().token_audience,
        signer=RsaSigner(stores.signing_secret().keys, clock.unix),
        digests=_digests(),
        chance=SystemChance(),
    )
