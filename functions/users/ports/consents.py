"""The ledger of consents, and the notices people read before they consent."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from users.model import ConsentEntry, ConsentId, ConsentNotice, UserId
from users.ports.sessions import Tell


class ConsentNotices(Protocol):
    """Every version of every notice."""

    def in_force(self, day: date) -> Sequence[ConsentNotice]:
        """Return the newest version in force of each purpose, by the purpose's name."""


class Consents(Protocol):
    """The ledger. It only grows; lines of one person queue."""

    def add(self, entry: ConsentEntry, tell: Tell) -> bool:
        """Write a line; False when it is no news (:func:`users.model.is_news`)."""

    def newest(self, user_id: UserId) -> list[ConsentEntry]:
        """Return the newest line of each purpose."""

    def history(self, user_id: UserId, before: ConsentId | None, at_most: int) -> list[ConsentEntry]:
        """Return lines, the newest first, beyond the person's line ``before``."""
