"""What the account does for its person's rights: its part of an export, its end, and the letters about both.

The address never leaves this domain: letters about exports and erasures are written here, the last one before
the account is erased (``privacy.erasure_closing`` comes before ``privacy.erasure_due`` on the same key).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.events import Event
from kit.events.privacy_events import (
    PrivacyErasureCancelled,
    PrivacyErasureClosing,
    PrivacyErasureDue,
    PrivacyErasureHeld,
    PrivacyErasureRequested,
    PrivacyExportReady,
)
from kit.privacy import Contributor, Document, Erased
from users.model import UserId
from users.ports import Accounts, RevocationMirror
from users.ports.letters import Letter, PrivacyLetters
from users.service import facts
from users.service.revoking import refuse_before

Tell = Callable[[Event[Any]], None]


@dataclass(frozen=True, slots=True)
class AccountContributor:
    """See :class:`kit.privacy.Contributor`: with the account every session ends, and that is told."""

    tables: Contributor
    accounts: Accounts
    tell: Tell

    def collect(self, person: str) -> Document:
        """Read the tables."""
        return self.tables.collect(person)

    def erase(self, person: str, at: datetime) -> Erased:
        """Erase, and tell the end of all sessions the first time."""
        erased = self.tables.erase(person, at)
        user = self.accounts.by_id(UserId(person))
        if user is not None and erased.removed.get("account"):
            self.tell(facts.sessions_ended(user, "erased", at))
        return erased


@dataclass(frozen=True, slots=True)
class Leaving:
    """What follows once an event is committed; all of it may come twice."""

    accounts: Accounts
    mirror: RevocationMirror
    letters: PrivacyLetters

    def after(self, event: Event[Any]) -> None:
        """Write the letter of an event; of an erased account make the tokens stale. Raises ``Retryable``."""
        user = self.accounts.by_id(UserId(event.data.person))
        if user is None:
            return
        if isinstance(event.data, PrivacyErasureDue):
            if not user.addresses:
                refuse_before(self.mirror, user)
            return
        letter = _letter(event.data)
        if letter is not None and user.addresses:
            self.letters.write(f"{event.type}:{event.subject}:{event.version}", user, letter)


def _letter(data: Any) -> Letter | None:
    match data:
        case PrivacyExportReady():
            return Letter("export_ready", data.expires_at)
        case PrivacyErasureRequested():
            return Letter("erasure_requested", data.due_at)
        case PrivacyErasureCancelled():
            return Letter("erasure_cancelled")
        case PrivacyErasureHeld():
            return Letter("erasure_held")
        case PrivacyErasureClosing():
            return Letter("erasure_closing")
        case _:
            return None
