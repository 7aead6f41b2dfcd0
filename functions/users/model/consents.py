"""What people are asked to consent to, and what they answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NewType

from users.model.accounts import Locale, UserId

ConsentId = NewType("ConsentId", str)
ConsentState = Literal["given", "outdated", "withdrawn", "never"]
"""*outdated*: given to an older version of the notice, which does not cover what the newer one says."""


@dataclass(frozen=True, slots=True)
class ConsentNotice:
    """What is told before somebody consents to a ``purpose`` (DPDP Act, 2023, section 5).

    ``title`` and ``text`` by locale; ``digest`` is the SHA-256 of the whole notice as published, in hex.
    """

    purpose: str
    version: str
    effective_from: date
    source: str
    title: Mapping[Locale, str]
    text: Mapping[Locale, str]
    digest: str


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of the ledger: somebody gave or withdrew consent, having read a version in ``locale``."""

    id: ConsentId
    user_id: UserId
    purpose: str
    version: str
    digest: str
    given: bool
    locale: Locale
    at: datetime


def is_news(entry: ConsentEntry, newest: ConsentEntry | None) -> bool:
    """Whether ``entry`` says more than the ``newest`` line of its purpose; a first withdrawal does not."""
    if newest is None or newest.given != entry.given:
        return entry.given or newest is not None
    return entry.given and newest.digest != entry.digest


@dataclass(frozen=True, slots=True)
class Consent:
    """Where somebody stands about one purpose: the notice in force, and the newest line of the ledger."""

    notice: ConsentNotice
    entry: ConsentEntry | None

    @property
    def state(self) -> ConsentState:
        """What holds now."""
        if self.entry is None:
            return "never"
        if not self.entry.given:
            return "withdrawn"
        return "given" if self.entry.digest == self.notice.digest else "outdated"
