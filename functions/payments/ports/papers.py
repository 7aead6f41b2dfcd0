"""Invoices, credit notes and receipts: numbered without holes, never changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kit.events import Event
from payments.model.ledger import PersonId
from payments.model.paper import Paper, PaperCause, PaperId, PaperKind, Series
from payments.model.paper_return import Run, Supplies, Taxes
from payments.model.payment import PaymentId

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

    def of(self, papers: Sequence[PaperId]) -> dict[PaperId, Print]:
        """Return those of several papers that there are."""

    def keep(self, made: Print) -> Print:
        """Note that it was made; return the one noted first."""


class PaperBooks(Protocol):
    """Papers over a stretch of time, ``since`` included and ``until`` not, as a tax return asks for them."""

    def missing(self, since: datetime, until: datetime, limit: int) -> list[PaymentId]:
        """Return payments captured in it, the oldest first, that have no paper."""

    def supplies(self, since: datetime, until: datetime) -> list[Supplies]:
        """Return what was supplied in it, and what credit notes issued in it took back, sorted."""

    def runs(self, since: datetime, until: datetime) -> list[Run]:
        """Return the numbers issued in it, one run a series, sorted."""

    def carried(self, since: datetime, until: datetime) -> Taxes:
        """Return the tax of credit notes issued in it but booked outside, less those the other way round."""


class Printer(Protocol):
    """Makes PDFs."""

    def __call__(self, paper: Paper) -> bytes:
        """Return the PDF of ``paper``: the same bytes for the same paper."""


class PaperStore(Protocol):
    """Where PDFs lie."""

    def keep(self, paper: Paper, document: bytes) -> None:
        """Keep it for as long as the law asks; keeping it again changes nothing that is read."""

    def link(self, paper: Paper, seconds: int) -> str:
        """Return an address that opens the PDF for so long to whoever holds it."""


class PaperWorkflow(Protocol):
    """Issues, prints and mails."""

    def start(self, cause: PaperCause, again: str = "") -> bool:
        """Start it for a payment or refund; ``again`` names another try. False when that one exists."""
