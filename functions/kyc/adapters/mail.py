"""Letters by mail: a row is claimed before one is sent, and says afterwards that it was.

Failpoint: ``kyc.mail.sent`` (taken by the mail service, not noted yet). Letters hold no detail of anybody:
who reads along learns that there is an application, and no more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, LiteralString

from kit import clock, failpoint, telemetry
from kit.aws.errors import AwsError
from kit.aws.mail import send_email
from kit.errors import Retryable
from kit.stores.postgres import Database
from kyc.model.application import Application
from kyc.model.states import State

LEASE: Final = timedelta(seconds=30)
"""How long whoever claimed a letter may take; after that nobody knows, and it is sent again."""
_CLAIM: Final[LiteralString] = """
INSERT INTO mailings AS known (key, attempt, taken_until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET attempt = known.attempt + 1, taken_until = %(until)s
WHERE known.sent_at IS NULL AND known.taken_until <= %(now)s
RETURNING attempt
"""
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
        self._db = db
        self._send = send

    def tell(self, application: Application, to: str) -> None:
        """Claim, send, note."""
        key = _key(application)
        if not self._claim(key):
            return
        subject, text = _WORDS[application.state]
        try:
            self._send(to, subject, text)
        except AwsError as error:  # refused, so it was surely not sent: whoever asks next may try at once
            self._note(key, "UPDATE mailings SET taken_until = %s WHERE key = %s AND sent_at IS NULL")
            raise Retryable("the mail service refused a letter") from error
        failpoint.hit("kyc.mail.sent")
        self._note(key, "UPDATE mailings SET sent_at = %s WHERE key = %s")
        telemetry.count("LettersSent")

    def _claim(self, key: str) -> bool:
        now = clock.now()
        if self._db.one(_CLAIM, {"key": key, "now": now, "until": now + LEASE}) is not None:
            return True
        if self._db.one("SELECT FROM mailings WHERE key = %s AND sent_at IS NOT NULL", (key,)) is not None:
            return False
        raise Retryable("this letter is being sent: ask again in half a minute")

    def _note(self, key: str, query: LiteralString) -> None:
        self._db.run(query, (clock.now(), key))


def _key(one: Application) -> str:
    """Return the letter's name: one a state and round, and one an appointment."""
    at = one.appointment.isoformat() if one.state == "video_wanted" and one.appointment else ""
    return f"{one.id}:{one.round}:{one.state}:{at}"
