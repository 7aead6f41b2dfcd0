"""Tell the owner of an account what was done to it. A notice that cannot be sent stops nothing."""

from dataclasses import dataclass

from kit import telemetry
from kit.errors import Retryable
from users import model
from users.model import User
from users.ports import Notice, OtpSender


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes to the confirmed address."""

    sender: OtpSender

    def tell(self, user: User, notice: Notice) -> None:
        """Send ``notice``; when that is not possible, only a line of the log says so."""
        try:
            self.sender.send_notice(model.reached_at(user), notice, user.locale)
        except Retryable:
            telemetry.warning("a notice was not sent", notice=notice, user_id=user.id)
