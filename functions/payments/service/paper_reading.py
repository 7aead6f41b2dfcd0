"""Read papers: one's own, anybody's for those whose work it is, and a month of them for the tax return."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock
from payments.errors.papers import PaperNotFound, PaperNotPrinted
from payments.model.ledger import Book, PersonId
from payments.model.ledger_chart import gst
from payments.model.paper import Paper, PaperId, PaperKind
from payments.model.paper_return import Return, Taxes, TaxLine, month_of
from payments.model.sale import Gst
from payments.ports.ledger import Ledger
from payments.ports.papers import PaperBooks, Papers, PaperStore, Print, Prints

LINK_S: Final = 300
_TICK: Final = timedelta(microseconds=1)
_MOST_MISSING: Final = 100


@dataclass(frozen=True, slots=True)
class PaperLink:
    """Where the PDF opens until ``expires_at``; ``digest`` is its SHA-256 in hexadecimal."""

    url: str
    expires_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """``person`` None: whoever asks may read anybody's."""

    papers: Papers
    prints: Prints
    store: PaperStore
    now: Callable[[], datetime] = clock.now

    def paper(self, person: PersonId | None, paper_id: PaperId) -> tuple[Paper, Print | None]:
        """Return a paper with its print. Raises ``PaperNotFound``, for somebody else's too."""
        found = self.papers.find(paper_id)
        if found is None or person not in (None, found.person):
            raise PaperNotFound
        return found, self.prints.find(paper_id)

    def page(
        self, person: PersonId, kind: PaperKind | None, before: tuple[datetime, PaperId] | None, limit: int
    ) -> list[Paper]:
        """Return papers of ``person``, the newest first."""
        return self.papers.of_person(person, kind, before, limit)

    def link(self, person: PersonId | None, paper_id: PaperId) -> PaperLink:
        """Return where the PDF opens for five minutes. Raises ``PaperNotFound``, ``PaperNotPrinted``."""
        paper, made = self.paper(person, paper_id)
        if made is None:
            raise PaperNotPrinted
        at = self.now() + timedelta(seconds=LINK_S)
        return PaperLink(self.store.link(paper, LINK_S), at, made.digest)


@dataclass(frozen=True, slots=True)
class Returning:
    """A month of papers beside the same month of the books."""

    books: PaperBooks
    ledger: Ledger

    def month(self, year: int, month: int) -> Return:
        """Return the month, which may still be running."""
        since, until = month_of(year, month)
        supplies, carried = self.books.supplies(since, until), self.books.carried(since, until)
        declared: Taxes = dict.fromkeys(Gst, 0)
        for each in supplies:
            for kind in Gst:
                declared[kind] += each.tax(kind) * (-1 if each.kind == "credit_note" else 1)
        taxes = [
            # a carried credit note lowers what is declared
            TaxLine(kind, declared[kind], -carried[kind], self._booked(kind, since, until))
            for kind in Gst
        ]
        missing = self.books.missing(since, until, _MOST_MISSING)
        return Return(since, until, supplies, self.books.runs(since, until), taxes, len(missing))

    def _booked(self, kind: Gst, since: datetime, until: datetime) -> int:
        """Return what the books took for the state between, in every line, less what they gave back."""
        return sum(
            self._owed(kind, book, until - _TICK) - self._owed(kind, book, since - _TICK)
            for book in (Book.COURSES, Book.RESEARCH)
        )

    def _owed(self, kind: Gst, book: Book, at: datetime) -> int:
        found = self.ledger.balance(gst(book, kind), at)
        return found.credits_posted - found.debits_posted if found else 0
