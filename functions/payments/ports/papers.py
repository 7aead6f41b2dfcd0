"""Invoices, credit notes and receipts: numbered without holes, never changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from payments.model.ledger import PersonId
from payments.model.paper import Paper, PaperCause, PaperId, PaperKind, Series

Made = tuple[Paper, Sequence[Event[Any]]]
Make = Callable[[int, datetime], Made]
"""Makes the paper, and the events that tell of it, of the number and the moment it is given."""


@dataclass(frozen=True, slots=True)
class Print:
    """The PDF of a paper as it lies in the bucket: SHA-256 in hexadecimal, bytes."""

    paper: PaperId
    digest: str
    size: int
    printed_at: datetime


class Papers(Protocol):
    """Every paper."""

    def issue(self, series: Series, cause: PaperCause, at: datetime, make: Make) -> Paper:
        """Issue the next paper of ``series`` for ``cause`` and tell of it; the earlier one if there is one.

        One command under the series' lock, in the caller's transaction if there is one: what is rolled back
        or dies leaves no hole. The moment given to ``make`` is ``at``, or later where a paper of the series
        has a later one, so that dates never run against numbers. Raises ``CreditExceeded``.
        """

    def find(self, paper_id: PaperId) -> Paper | None:
        """Return a paper, whoever's it is."""

    def of_cause(self, cause: PaperCause) -> Paper | None:
        """Return the paper about a payment or a refund."""

    def credited(self, invoice: PaperId) -> int:
        """Return what credit notes took of an invoice, in paise, tax included."""

    def of_person(
        self, person: PersonId, kind: PaperKind | None, before: tuple[datetime, PaperId] | None, limit: int
    ) -> list[Paper]:
        """Return a person's papers, the newest first, those issued before ``before``."""


class Prints(Protocol):
    """Which papers have their PDF."""

    def find(self, paper_id: PaperId) -> Print | None:
        """Return it."""

    def keep(self, made: Print) -> Print:
        """Note that it was made; return the one noted first."""
