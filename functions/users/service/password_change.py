"""Change the password of an account one is signed in to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit import clock
from kit.errors import Retryable
from kit.events import Event
from users import model
from users.errors import CurrentPasswordRefused, UserUnknown, WeakPassword
from users.model import AllEnded, User, UserId
from users.ports import Accounts, Chance, Credentials, NewPassword, Passwords, RevocationMirror
from users.service import facts
from users.service.notices import Notices
from users.service.opening import SessionOpening
from users.service.passwords import PasswordPolicy
from users.service.revoking import refuse_all
from users.service.tokens import Grant, stale_from
from users.service.trying import Trying

_NEW = "/new_password"


@dataclass(frozen=True, slots=True)
class PasswordChanging:
    """Puts another password in place of one that is known."""

    accounts: Accounts
    credentials: Credentials
    trying: Trying
    passwords: Passwords
    chance: Chance
    policy: PasswordPolicy
    mirror: RevocationMirror
    opening: SessionOpening
    notices: Notices

    def change(
        self, user_id: UserId, current: str, new: str, device_id: str | None, device_name: str
    ) -> Grant:
        """End every session; return the tokens of a new one on ``device_id``, made here when None (ADR 114).

        A wrong ``current`` counts as a failed sign-in. Raises ``WeakPassword``, ``BreachedPassword``,
        ``CurrentPasswordRefused``, ``SignInPaused``, ``SignInLocked``, ``UserUnknown``, ``Retryable``.
        """
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        self.policy.demand(new, user.addresses, _NEW)
        self._prove(user, current)
        if new == current:
            raise WeakPassword("The new password is the one you have: take another", _NEW)
        ended = self._put(user, new)
        refuse_all(self.mirror, ended)
        self.notices.tell(ended.user, "password_changed")
        return self.opening.begin(ended.user, device_id or self.chance.token(), device_name)

    def _prove(self, user: User, current: str) -> None:
        address = model.reached_at(user)
        self.trying.count(address, user.id)
        if not self.passwords.verify(user.password_hash, current):
            raise CurrentPasswordRefused
        self.trying.forgive(address)

    def _put(self, user: User, new: str) -> AllEnded:
        now = clock.now()
        password = NewPassword(user.id, self.passwords.hash(new), stale_from(now), now, "password_changed")

        def tell(after: User, unlocked: bool) -> Sequence[Event[Any]]:  # noqa: FBT001 - the port's
            return facts.password_changed(after, "changed", now, unlocked=unlocked)

        ended = self.credentials.change(password, user.password_hash, tell)
        if ended is None:
            raise Retryable("The password is being changed by somebody else: sign in again")
        return ended
