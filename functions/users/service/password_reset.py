"""Set a password anew with a code, for people who cannot sign in.

The answers, and the work behind them, are the same whether the address has an account or not: one row, one
message. An address without an account is told that it has none, so whoever owns it learns that too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from kit import clock, ids
from kit.events import Event
from users import model
from users.errors import CodeRefused, SecondFactorMissing, TooManyCodes
from users.model import Address, Locale, PasswordReset, ResetId, User, UserId
from users.ports import (
    Accounts,
    Chance,
    Credentials,
    Digests,
    NewPassword,
    OtpSender,
    PasswordResets,
    Passwords,
    RevocationMirror,
)
from users.service import facts
from users.service.notices import Notices
from users.service.passwords import PasswordPolicy
from users.service.revoking import refuse_all
from users.service.second_factor import SecondFactorCheck
from users.service.tokens import stale_from


@dataclass(frozen=True, slots=True)
class PasswordResetting:
    """Sends the code and takes it back."""

    accounts: Accounts
    resets: PasswordResets
    credentials: Credentials
    passwords: Passwords
    policy: PasswordPolicy
    digests: Digests
    chance: Chance
    sender: OtpSender
    check: SecondFactorCheck
    mirror: RevocationMirror
    notices: Notices

    def ask(self, address: Address, locale: Locale) -> PasswordReset:
        """Send a code to ``address``, or the note that it has no account (in ``locale``) or a disabled one.

        Raises ``TooManyCodes``, ``Retryable`` when it cannot be sent.
        """
        now = clock.now()
        user = self.accounts.by_address(address)
        made = ResetId(ids.uuid7())
        code = self.chance.code(model.CODE_DIGITS)
        reset = PasswordReset(
            id=made,
            account=self.digests.of("account", address.channel, address.value),
            user_id=user.id if user else None,
            code_hash=self._digest(made, code),
            created_at=now,
            expires_at=now + model.RESET_LIFE,
        )
        wait = self.resets.open(
            reset,
            per_hour=model.RESETS_PER_HOUR,
            per_day=model.RESETS_PER_DAY,
            apart=model.RESET_AGAIN_AFTER,
        )
        if wait is not None:
            raise TooManyCodes(retry_after_s=int(wait.total_seconds()) + 1)
        if user is None:
            self.sender.send_note(address, "no_account", locale)
        elif user.disabled:
            self.sender.send_note(address, "account_disabled", user.locale)
        else:
            self.sender.send_reset(address, code, user.locale)
        return reset

    def reset(self, reset_id: ResetId, code: str, password: str, second_factor: str | None) -> None:
        """Put ``password`` in place, end every session and a lock (ADR 114).

        Raises ``CodeRefused``, ``SecondFactorMissing`` where an app protects the account, ``WeakPassword``,
        ``BreachedPassword``: the last three leave the code as it is, but each try counts.
        """
        self.policy.demand(password, ())
        user = self._proved(reset_id, code)
        self.policy.demand(password, user.addresses)
        self._demand_second_factor(user.id, second_factor)
        now = clock.now()
        new = NewPassword(user.id, self.passwords.hash(password), stale_from(now), now, "password_reset")

        def tell(after: User, unlocked: bool) -> Sequence[Event[Any]]:  # noqa: FBT001 - the port's
            return facts.password_changed(after, "reset", now, unlocked=unlocked)

        ended = self.credentials.reset(new, reset_id, tell)
        if ended is None:
            raise CodeRefused
        refuse_all(self.mirror, ended)
        self.notices.tell(ended.user, "password_changed")

    def _proved(self, reset_id: ResetId, code: str) -> User:
        asked = self.resets.attempt(reset_id)
        fits = compare_digest(self._digest(reset_id, code), asked.code_hash if asked else bytes(32))
        if asked is None or asked.user_id is None or not fits or not asked.open_at(clock.now()):
            raise CodeRefused
        user = self.accounts.by_id(asked.user_id)
        if user is None:
            raise CodeRefused
        return user

    def _demand_second_factor(self, user_id: UserId, code: str | None) -> None:
        if not self.check.enrolled(user_id):
            return
        if code is None:
            raise SecondFactorMissing
        if not self.check.fits(user_id, code):
            raise CodeRefused("/second_factor")

    def _digest(self, reset_id: ResetId, code: str) -> bytes:
        return self.digests.of("reset", reset_id, code)
