"""Telling people."""

from typing import Protocol

from payments.model.letter import Letter


class Notifier(Protocol):
    """Sends letters, each once as far as that can be known."""

    def tell(self, letter: Letter) -> bool:
        """Send ``letter``; False when one of its key was sent before. Not for use inside a transaction.

        Raises ``Retryable`` when whether it was sent is unknown, or somebody else is sending it: ask again.
        It goes out twice only where the mail was taken and the answer to us was lost.
        """

    def sent(self, key: str) -> bool:
        """Whether the letter of ``key`` is known to have gone out."""
