"""Ways to reach a person."""

from typing import Literal, Protocol

from users.model import (
    Address,
)

Notice = Literal["second_factor_on", "second_factor_off", "password_changed"]
"""What was done to an account, as its owner is told."""


class OtpSender(Protocol):
    """Reaches a person."""

    def send_code(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code."""

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code that confirms an action in an account."""

    def send_notice(self, to: Address, notice: Notice, locale: str) -> None:
        """Tell the owner what was done to the account."""

    def send_already_registered(self, to: Address, locale: str) -> None:
        """Tell the owner of ``to`` that somebody tried to register it again."""
