"""Ask somebody known for a proof, and judge it: one way for every purpose."""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from kit import clock, ids
from users import model
from users.errors import CodeRefused, TooManyCodes
from users.model import Confirmation, ConfirmationId, Method, Purpose, User, UserId
from users.ports import Chance, Confirmations, Digests, OtpSender
from users.service.second_factor import SecondFactorCheck


@dataclass(frozen=True, slots=True)
class Confirming:
    """Sends codes to people who are known, and takes them back once."""

    confirmations: Confirmations
    digests: Digests
    chance: Chance
    sender: OtpSender
    check: SecondFactorCheck

    def ask(self, user: User, purpose: Purpose, method: Method, bound_to: str) -> Confirmation:
        """Open a confirmation; by ``otp`` a code is sent to the confirmed address. The one before is void.

        Codes are sent apart; for the authenticator app nothing is sent, so nothing waits. Raises
        ``TooManyCodes``, ``Retryable`` when the code cannot be sent.
        """
        now = clock.now()
        made = ConfirmationId(ids.uuid7())
        code = self.chance.code(model.CODE_DIGITS)
        asked = Confirmation(
            id=made,
            purpose=purpose,
            method=method,
            user_id=user.id,
            bound_to=bound_to,
            code_hash=self._digest(made, code) if method == "otp" else None,
            created_at=now,
            expires_at=now + model.CONFIRMATION_LIFE,
        )
        apart = model.CONFIRM_AGAIN_AFTER if method == "otp" else timedelta(0)
        wait = self.confirmations.open(asked, per_hour=model.CONFIRMATIONS_PER_HOUR, apart=apart)
        if wait is not None:
            raise TooManyCodes(retry_after_s=int(wait.total_seconds()) + 1)
        if method == "otp":
            self.sender.send_confirmation(model.reached_at(user), code, user.locale)
        return asked

    def prove(
        self,
        confirmation_id: ConfirmationId,
        user_id: UserId | None,
        purpose: Purpose,
        bound_to: str,
        code: str,
    ) -> Confirmation:
        """Return the confirmation that ``code`` proves, used up by it; ``user_id`` if anybody is signed in.

        Raises ``CodeRefused``: wrong, expired, used, tried five times, another one's or for something else.
        """
        asked = self.confirmations.attempt(confirmation_id, user_id, purpose)
        now = clock.now()
        if (
            asked is None
            or asked.bound_to != bound_to
            or not asked.open_at(now)
            or not self._fits(asked, code)
        ):
            raise CodeRefused
        if not self.confirmations.consume(confirmation_id, asked.user_id, now):
            raise CodeRefused
        return asked

    def _fits(self, asked: Confirmation, code: str) -> bool:
        if asked.code_hash is None:
            return self.check.fits(asked.user_id, code)
        return compare_digest(asked.code_hash, self._digest(asked.id, code))

    def _digest(self, confirmation_id: ConfirmationId, code: str) -> bytes:
        return self.digests.of("confirmation", confirmation_id, code)
