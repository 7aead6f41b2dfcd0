"""Sign in with address and password: the same work and the same answer whether the account exists or not.

People whom another proof named come in by :meth:`SignIn.enter`: past the same locks and second factor.
"""

from dataclasses import dataclass

from kit.errors import Retryable
from users.errors import AccountDisabled, CodeRefused, CredentialsRefused, SecondFactorRequired
from users.model import Address, ConfirmationId, User
from users.ports import Accounts, Chance, Passwords, RevocationMirror
from users.service.confirming import Confirming
from users.service.opening import SessionOpening
from users.service.tokens import Grant
from users.service.trying import Trying


@dataclass(frozen=True, slots=True)
class SignIn:
    """Begins sessions."""

    accounts: Accounts
    trying: Trying
    mirror: RevocationMirror
    passwords: Passwords
    chance: Chance
    confirming: Confirming
    opening: SessionOpening

    def sign_in(self, address: Address, password: str, device_id: str | None, device_name: str) -> Grant:
        """Return the tokens of a new session on ``device_id`` (made here when None).

        Raises ``CredentialsRefused``, ``SignInPaused``, ``SignInLocked``; to whoever knows the password of a
        disabled account ``AccountDisabled``; where an app protects the account, ``SecondFactorRequired`` or
        ``TooManyCodes`` (all of these count as failed until a session begins); and ``Retryable`` while
        revocations cannot be checked: nobody signs in then.
        """
        self.demand_ready()
        user = self.accounts.by_address(address)
        self.trying.count(address, user.id if user else None)
        fits = self.passwords.verify(user.password_hash if user else None, password)
        if user is None or not fits:
            raise CredentialsRefused
        return self._begin(user, device_id, device_name, address)

    def enter(self, user: User, device_id: str | None, device_name: str) -> Grant:
        """Return the tokens of a new session of ``user``, whom a proof other than the password named.

        A lock of any of the account's addresses holds. Raises as :meth:`sign_in` does.
        """
        self.demand_ready()
        for address in user.addresses:
            self.trying.count(address, user.id)
        return self._begin(user, device_id, device_name, *user.addresses)

    def finish(self, asked: ConfirmationId, code: str, device_id: str, device_name: str) -> Grant:
        """Return the tokens of the session that a ``code`` of the app, or a backup code, opens.

        Raises ``CodeRefused``, ``Retryable`` as above.
        """
        self.demand_ready()
        proven = self.confirming.prove(asked, None, "sign_in", device_id, code)
        user = self.accounts.by_id(proven.user_id)
        if user is None:
            raise CodeRefused
        self.trying.forgive(*user.addresses)
        return self.opening.begin(user, device_id, device_name)

    def demand_ready(self) -> None:
        """Let nobody in while revocations cannot be checked. Raises ``Retryable``."""
        if not self.mirror.ready():
            raise Retryable("Signing in is not possible for a moment: try again soon")

    def _begin(self, user: User, device_id: str | None, device_name: str, *counted: Address) -> Grant:
        if user.disabled:
            raise AccountDisabled
        device = device_id or self.chance.token()
        if self.confirming.check.enrolled(user.id):
            asked = self.confirming.ask(user, "sign_in", "totp", device)
            raise SecondFactorRequired(asked.id, device, asked.expires_at)
        self.trying.forgive(*counted)
        return self.opening.begin(user, device, device_name)
