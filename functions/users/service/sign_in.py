"""Sign in with address and password: the same work and the same answer whether the account exists or not."""

from dataclasses import dataclass

from kit import clock, ids
from kit.errors import Retryable
from users.errors import CodeRefused, CredentialsRefused, SecondFactorRequired, SignInLocked, SignInPaused
from users.model import Address, ConfirmationId, Device, FamilyId, User
from users.ports import Accounts, Chance, Digests, Passwords, RevocationMirror, Sessions, SignInAttempts
from users.service.confirming import Confirming
from users.service.tokens import Grant, Issuer, stored


@dataclass(frozen=True, slots=True)
class SignIn:
    """Begins sessions."""

    accounts: Accounts
    attempts: SignInAttempts
    sessions: Sessions
    mirror: RevocationMirror
    passwords: Passwords
    digests: Digests
    chance: Chance
    issuer: Issuer
    confirming: Confirming

    def sign_in(self, address: Address, password: str, device_id: str | None, device_name: str) -> Grant:
        """Return the tokens of a new session on ``device_id`` (made here when None).

        Raises ``CredentialsRefused``, ``SignInPaused``, ``SignInLocked``; where an app protects the account,
        ``SecondFactorRequired`` (until it is proved the sign-in counts as failed) or ``TooManyCodes``; and
        ``Retryable`` while revocations cannot be checked: nobody signs in then.
        """
        self._ready()
        account = self.digests.of("account", address.channel, address.value)
        self._count(account)
        user = self.accounts.by_address(address)
        fits = self.passwords.verify(user.password_hash if user else None, password)
        if user is None or not fits:
            raise CredentialsRefused
        device = device_id or self.chance.token()
        if self.confirming.check.enrolled(user.id):
            asked = self.confirming.ask(user, "sign_in", "totp", device)
            raise SecondFactorRequired(asked.id, device, asked.expires_at)
        self.attempts.forgive(account)
        return self._begin(user, device, device_name)

    def finish(self, asked: ConfirmationId, code: str, device_id: str, device_name: str) -> Grant:
        """Return the tokens of the session that a ``code`` of the app, or a backup code, opens.

        Raises ``CodeRefused``, ``Retryable`` as above.
        """
        self._ready()
        proven = self.confirming.prove(asked, None, "sign_in", device_id, code)
        user = self.accounts.by_id(proven.user_id)
        if user is None:
            raise CodeRefused
        for channel, value in (("email", user.email), ("phone", user.phone)):
            if value:
                self.attempts.forgive(self.digests.of("account", channel, value))
        return self._begin(user, device_id, device_name)

    def _ready(self) -> None:
        if not self.mirror.ready():
            raise Retryable("Signing in is not possible for a moment: try again soon")

    def _count(self, account: bytes) -> None:
        now = clock.now()
        wait = self.attempts.begin(account, now)
        if wait is not None:
            raise (SignInLocked if wait.locked else SignInPaused)(wait.until, now)

    def _begin(self, user: User, device_id: str, name: str) -> Grant:
        now = clock.now()
        device = Device(FamilyId(ids.uuid7()), user.id, device_id, name, created_at=now, last_seen_at=now)
        refresh_token = self.issuer.first_refresh_token()
        self.sessions.open(device, stored(refresh_token, user, device.family))
        return self.issuer.grant(user, device.family, refresh_token, device_id)
