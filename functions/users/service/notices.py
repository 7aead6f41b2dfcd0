"""Tell the owner of an account what was done to it. A notice that cannot be sent stops nothing."""

from dataclasses import dataclass

from kit import telemetry
from kit.errors import TreumError
from users.model import Address, User
from users.ports import Notice, OtpSender


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes to every confirmed address: whoever took one over cannot keep the news from the other."""

    sender: OtpSender

    def tell(self, user: User, notice: Notice, *more: Address) -> None:
        """Send ``notice`` there, and to ``more``; when that is not possible, a line of the log says so."""
        for address in (*user.addresses, *more):
            try:
                self.sender.send_notice(address, notice, user.locale)
            except TreumError:  # away, or it refuses the address
                telemetry.warning(
                    "a notice was not sent", notice=notice, user_id=user.id, channel=address.channel
                )
