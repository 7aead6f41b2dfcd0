"""Ways to reach a person."""

from typing import Literal, Protocol

from users.model import (
    Address,
)

Notice = Literal[
    "second_factor_on",
    "second_factor_off",
    "password_changed",
    "email_changed",
    "phone_changed",
    "address_change_waiting",
    "address_change_stopped",
    "locked",
    "unlocked",
    "identity_linked",
    "identity_unlinked",
    "sessions_ended",
    "disabled",
    "enabled",
]
"""What was done to an account, as its owner is told."""
Note = Literal["already_registered", "no_account", "address_taken", "account_disabled"]
"""What is written to an address in place of a code, because of who has which account there or has none."""


class OtpSender(Protocol):
    """Reaches a person."""

    def send_code(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code."""

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code that confirms an action in an account."""

    def send_reset(self, to: Address, code: str, locale: str) -> None:
        """Send the one-time code that sets the password anew."""

    def send_address_change(self, to: Address, code: str, stop_word: str, locale: str) -> None:
        """Send the address before a change the code that makes it at once, and the word that stops it."""

    def send_notice(self, to: Address, notice: Notice, locale: str) -> None:
        """Tell the owner what was done to the account."""

    def send_note(self, to: Address, note: Note, locale: str) -> None:
        """Tell the owner of ``to`` what somebody tried, instead of a code."""
