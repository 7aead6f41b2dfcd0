"""Enrol an authenticator app, prove it, use it once a time step; ten backup codes for when it is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit import clock, events
from kit.events import Event
from kit.events.user_events import UserSecondFactorDisabled, UserSecondFactorEnabled
from users import model
from users.errors import AlreadyEnrolled, CodeRefused, NoAuthenticator, UserUnknown
from users.model import SecondFactor, User, UserId
from users.ports import Accounts, Chance, Digests, Seals, SecondFactors, Totp
from users.service.notices import Notices

_FIELD = "totp"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the owner's app is to learn: once, and never again."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class SecondFactorCheck:
    """Judges codes of confirmed apps, and backup codes."""

    factors: SecondFactors
    totp: Totp
    seals: Seals
    digests: Digests

    def enrolled(self, user_id: UserId) -> bool:
        """Whether the account has a confirmed app."""
        found = self.factors.of(user_id)
        return found is not None and found.confirmed_at is not None

    def fits(self, user_id: UserId, code: str) -> bool:
        """Whether ``code`` is the app's or a backup code, neither used before; it is used up by this."""
        if len(code) != model.CODE_DIGITS:
            return self.factors.use_backup(user_id, self.backup_hash(user_id, code), clock.now())
        step = self.step_of(user_id, self.factors.of(user_id), code)
        return step is not None and self.factors.use_step(user_id, step)

    def step_of(self, user_id: UserId, found: SecondFactor | None, code: str) -> int | None:
        """Return the time step of ``code`` by the app ``found``, or None."""
        if found is None:
            return None
        secret = self.seals.open(user_id, _FIELD, found.sealed)
        return self.totp.step_of(secret, code, clock.now())

    def backup_hash(self, user_id: UserId, code: str) -> bytes:
        """Return what is kept of a backup code."""
        return self.digests.of("backup", user_id, model.backup_code_of(code))


@dataclass(frozen=True, slots=True)
class SecondFactorKeeping:
    """What an owner does with their second factor."""

    accounts: Accounts
    check: SecondFactorCheck
    chance: Chance
    notices: Notices

    def read(self, user_id: UserId) -> SecondFactor | None:
        """Return the app, confirmed or not, or None."""
        return self.check.factors.of(user_id)

    def enrolled(self, user_id: UserId) -> bool:
        """Whether a confirmed app protects the account."""
        return self.check.enrolled(user_id)

    def enrol(self, user_id: UserId) -> Enrolment:
        """Make a secret that counts once a code of it is given back. Raises ``AlreadyEnrolled``."""
        user = self._user(user_id)
        secret = self.check.totp.secret()
        sealed = self.check.seals.seal(user_id, _FIELD, secret)
        if not self.check.factors.enrol(user_id, sealed, clock.now()):
            raise AlreadyEnrolled
        return Enrolment(secret, self.check.totp.uri(secret, user.email or user.phone or user.id))

    def confirm(self, user_id: UserId, code: str) -> Sequence[str]:
        """Let the app count; return its backup codes, once. Raises ``CodeRefused``, ``NoAuthenticator``."""
        factors = self.check.factors
        found = factors.of(user_id)
        if found is None or found.confirmed_at is not None:
            raise NoAuthenticator(
                "No authenticator app waits to be confirmed: begin with POST /auth/2fa/totp"
            )
        step = self.check.step_of(user_id, found, code)
        if step is None:
            raise CodeRefused
        codes, hashes = self._codes(user_id)
        if not factors.confirm(user_id, step, hashes, clock.now(), _enabled):
            raise CodeRefused
        self.notices.tell(self._user(user_id), "second_factor_on")
        return codes

    def renew_backups(self, user_id: UserId) -> Sequence[str]:
        """Return ten new backup codes, once; those before are void. Raises ``NoAuthenticator``."""
        codes, hashes = self._codes(user_id)
        if not self.check.factors.renew_backups(user_id, hashes, clock.now()):
            raise NoAuthenticator
        return codes

    def remove(self, user_id: UserId) -> None:
        """Forget app and codes. Raises ``NoAuthenticator``."""
        if not self.check.factors.remove(user_id, clock.now(), _disabled):
            raise NoAuthenticator
        self.notices.tell(self._user(user_id), "second_factor_off")

    def _codes(self, user_id: UserId) -> tuple[Sequence[str], Sequence[bytes]]:
        made: set[str] = set()
        while len(made) < model.BACKUP_CODES:
            made.add(self.chance.word(model.BACKUP_CODE_CHARS))
        codes = sorted(made)
        return [model.written(one) for one in codes], [self.check.backup_hash(user_id, one) for one in codes]

    def _user(self, user_id: UserId) -> User:
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        return user


def _enabled(user: User) -> Event[UserSecondFactorEnabled]:
    told = UserSecondFactorEnabled(user_id=user.id, enabled_at=user.updated_at)
    return events.new(told, subject=user.id, version=user.version)


def _disabled(user: User) -> Event[UserSecondFactorDisabled]:
    told = UserSecondFactorDisabled(user_id=user.id, disabled_at=user.updated_at)
    return events.new(told, subject=user.id, version=user.version)
