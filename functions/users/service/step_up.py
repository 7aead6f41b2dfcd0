"""Step up: prove again that it is you, and get an access token that says so for five minutes."""

from dataclasses import dataclass
from datetime import datetime

from kit import clock
from users import model
from users.errors import NoAuthenticator, UserUnknown
from users.model import Channel, Confirmation, ConfirmationId, FamilyId, Method, User, UserId
from users.ports import Accounts
from users.service.confirming import Confirming
from users.service.tokens import Issuer


@dataclass(frozen=True, slots=True)
class SteppedUp:
    """An access token with the claim, which services honour until ``until``."""

    access_token: str
    expires_in: int
    level: int
    until: datetime


@dataclass(frozen=True, slots=True)
class StepUp:
    """Asks for the proof and answers it. A refresh starts without the claim."""

    accounts: Accounts
    confirming: Confirming
    issuer: Issuer

    def ask(self, user_id: UserId, family: FamilyId, method: Method) -> tuple[Confirmation, Channel | None]:
        """Ask by ``method``: ``otp`` sends a code; return also where it went.

        Raises ``NoAuthenticator``, ``TooManyCodes``, ``UserUnknown``.
        """
        user = self._user(user_id)
        if method == "totp" and not self.confirming.check.enrolled(user_id):
            raise NoAuthenticator
        asked = self.confirming.ask(user, "step_up", method, family)
        return asked, model.reached_at(user).channel if method == "otp" else None

    def prove(self, user_id: UserId, family: FamilyId, asked: ConfirmationId, code: str) -> SteppedUp:
        """Return the token that ``code`` is worth, for the same session.

        Raises ``CodeRefused``, ``UserUnknown``.
        """
        proven = self.confirming.prove(asked, user_id, "step_up", family, code)
        level = model.STEP_UP_LEVEL[proven.method]
        token = self.issuer.stepped_up(self._user(user_id), family, level)
        life_s = int(model.ACCESS_LIFE.total_seconds())
        return SteppedUp(token, life_s, level, clock.now() + model.STEP_UP_LIFE)

    def _user(self, user_id: UserId) -> User:
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        return user
