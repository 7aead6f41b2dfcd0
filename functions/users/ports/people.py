"""Ways to reach a person."""

from typing import Protocol

from users.model import (
    Address,
)


class OtpSender(Protocol):
    """Reaches a person."""

    def send_code(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code."""

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code that confirms an action in an account."""

    def send_already_registered(self, to: Address, locale: str) -> None:
        """Tell the owner of ``to`` that somebody tried to register it again."""
