"""Letters by mail: a row of the table ``mailings`` is claimed before one is sent, and notes that it was.

Failpoint: ``mail.sent`` (taken by the mail service, not noted yet).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, LiteralString

from kit import clock, failpoint, telemetry
from kit.aws.errors import AwsError
from kit.aws.mail import send_email
from kit.errors import Retryable
from kit.stores.postgres import Database

LEASE: Final = timedelta(seconds=30)
"""How long whoever claimed a letter may take; after that nobody knows, and it is sent again."""
_CLAIM: Final[LiteralString] = """
INSERT INTO mailings AS known (key, attempt, taken_until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET attempt = known.attempt + 1, taken_until = %(until)s
WHERE known.sent_at IS NULL AND known.taken_until <= %(now)s
RETURNING attempt
"""


class Mailings:
    """Sends each letter once a key; one whose sender died may come twice, never not at all."""

    def __init__(self, db: Database, send: Callable[[str, str, str], None] = send_email) -> None:
        self._db = db
        self._send = send

    def send(self, key: str, to: str, subject: str, text: str) -> bool:
        """Claim, send, note; return whether it went out now.

        Raises ``AwsError`` when the mail service refused it, ``Retryable`` while somebody else sends it.
        """
        if self._db.in_transaction:
            raise RuntimeError("a letter is claimed in a transaction of its own, before it is sent")
        if not self._claim(key):
            return False
        try:
            self._send(to, subject, text)
        except AwsError:  # refused, so it was surely not sent: whoever asks next may try at once
            self._note(key, "UPDATE mailings SET taken_until = %s WHERE key = %s AND sent_at IS NULL")
            raise
        failpoint.hit("mail.sent")
        self._note(key, "UPDATE mailings SET sent_at = %s WHERE key = %s")
        telemetry.count("LettersSent")
        return True

    def sent(self, key: str) -> bool:
        """Return whether that letter went out."""
        return self._db.one("SELECT FROM mailings WHERE key = %s AND sent_at IS NOT NULL", (key,)) is not None

    def _claim(self, key: str) -> bool:
        now = clock.now()
        if self._db.one(_CLAIM, {"key": key, "now": now, "until": now + LEASE}) is not None:
            return True
        if self.sent(key):
            return False
        raise Retryable("this letter is being sent: ask again in half a minute")

    def _note(self, key: str, query: LiteralString) -> None:
        self._db.run(query, (clock.now(), key))
