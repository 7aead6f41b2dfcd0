"""Letters by mail, each once a key."""

from collections.abc import Callable

from kit.aws.mail import send_email
from kit.mailings import Mailings
from kit.stores.postgres import Database
from payments.model.letter import Letter


class MailNotifier:
    """See :class:`payments.ports.notifying.Notifier`."""

    def __init__(self, db: Database, send: Callable[[str, str, str], None] = send_email) -> None:
        self._mailings = Mailings(db, send)

    def tell(self, letter: Letter) -> bool:
        """Claim, send, note."""
        return self._mailings.send(letter.key, letter.to, letter.subject, letter.text)

    def sent(self, key: str) -> bool:
        """Read the row."""
        return self._mailings.sent(key)
