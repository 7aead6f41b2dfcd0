"""Letters by mail, each once a state and round.

They hold no detail of anybody: who reads along learns that there is an application, and no more.
"""

from collections.abc import Callable
from typing import Final

from kit.aws.errors import AwsError
from kit.aws.mail import send_email
from kit.errors import Retryable
from kit.mailings import Mailings
from kit.stores.postgres import Database
from kyc.model.application import Application
from kyc.model.states import State

_WORDS: Final[dict[State, tuple[str, str]]] = {
    "approved": (
        "Your identity is verified",
        "Your identity check is complete. What it opens for you is shown in your account.",
    ),
    "rejected": (
        "Your identity check",
        "We could not verify your identity, so your application was declined. You may write to us.",
    ),
    "returned": (
        "Your identity check needs something more",
        "Something in your application has to be mended: your account shows what. Then submit it again.",
    ),
    "video_wanted": (
        "Your identity check: a video call",
        "For the limit you chose we have to see you once by video. Your account shows the appointment.",
    ),
    "expired": (
        "Your identity check has expired",
        "Your identity check or an application for it has expired. Begin it again in your account.",
    ),
}


class MailLetters:
    """See :class:`kyc.ports.outgoing.Letters`."""

    def __init__(self, db: Database, send: Callable[[str, str, str], None] = send_email) -> None:
        self._mailings = Mailings(db, send)

    def tell(self, application: Application, to: str) -> None:
        """Claim, send, note."""
        subject, text = _WORDS[application.state]
        try:
            self._mailings.send(_key(application), to, subject, text)
        except AwsError as error:
            raise Retryable("the mail service refused a letter") from error


def _key(one: Application) -> str:
    """Return the letter's name: one a state and round, and one an appointment."""
    at = one.appointment.isoformat() if one.state == "video_wanted" and one.appointment else ""
    return f"{one.id}:{one.round}:{one.state}:{at}"
