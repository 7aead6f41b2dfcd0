"""Ask somebody known for a proof, and judge it: one way for every purpose."""

from dataclasses import dataclass
from hmac import compare_digest

from kit import clock, ids
from users import model
from users.errors import CodeRefused, TooManyCodes
from users.model import Confirmation, ConfirmationId, Method, Purpose, User, UserId
from users.ports import Chance, Confirmations, Digests, OtpSender


@dataclass(frozen=True, slots=True)
class Confirming:
    """Sends codes to people who are known, and takes them back once."""

    confirmations: Confirmations
    digests: Digests
    chance: Chance
    sender: OtpSender

    def ask(self, user: User, purpose: Purpose, method: Method, bound_to: str) -> Confirmation:
        """Open a confirmation; by ``otp`` a code is sent to the confirmed address. The one before is void.

        Raises ``TooManyCodes``, ``Retryable`` when the code cannot be sent.
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
        wait = self.confirmations.open(
            asked, per_hour=model.CONFIRMATIONS_PER_HOUR, apart=model.CONFIRM_AGAIN_AFTER
        )
        if wait is not None:
            raise TooManyCodes(retry_after_s=int(wait.total_seconds()) + 1)
        if method == "otp":
            self.sender.send_confirmation(model.reached_at(user), code, user.locale)
        return asked

    def prove(
        self, confirmation_id: ConfirmationId, user_id: UserId, purpose: Purpose, bound_to: str, code: str
    ) -> Confirmation:
        """Return the confirmation that ``code`` proves, used up by it.

        Raises ``CodeRefused``: wrong, expired, used, tried five times, another one's or for something else.
        """
        asked = self.confirmations.attempt(confirmation_id, user_id, purpose)
        offered = self._digest(confirmation_id, code)
        right = compare_digest(offered, (asked.code_hash if asked else None) or bytes(32))
        now = clock.now()
        if asked is None or not right or asked.bound_to != bound_to or not asked.open_at(now):
            raise CodeRefused
        if not self.confirmations.consume(confirmation_id, user_id, now):
            raise CodeRefused
        return asked

    def _digest(self, confirmation_id: ConfirmationId, code: str) -> bytes:
        return self.digests.of("confirmation", confirmation_id, code)
