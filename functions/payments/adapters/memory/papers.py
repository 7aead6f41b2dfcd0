"""Papers, their prints and their workflow in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit.events import Event
from payments.errors.papers import CreditExceeded
from payments.model.ledger import PersonId
from payments.model.paper import Paper, PaperCause, PaperId, PaperKind, Series
from payments.model.sale import Gst
from payments.ports.papers import Make, Print


@dataclass
class MemoryPapers:
    """See :class:`payments.ports.papers.Papers`; ``told`` is what was told, in order."""

    kept: dict[PaperCause, Paper] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)

    def issue(self, series: Series, cause: PaperCause, at: datetime, make: Make) -> Paper:
        """Count and keep."""
        known = self.kept.get(cause)
        if known is not None:
            return known
        earlier = [one for one in self.kept.values() if one.series == series]
        paper, told = make(len(earlier) + 1, max([at, *(one.issued_at for one in earlier)]))
        self._refuse_excess(paper)
        self.kept[cause] = paper
        self.told += told
        return paper

    def find(self, paper_id: PaperId) -> Paper | None:
        """Search."""
        return next((one for one in self.kept.values() if one.id == paper_id), None)

    def of_cause(self, cause: PaperCause) -> Paper | None:
        """Look it up."""
        return self.kept.get(cause)

    def credited(self, invoice: PaperId) -> int:
        """Sum."""
        return sum(one.sale.gross for one in self._notes(invoice))

    def of_person(
        self, person: PersonId, kind: PaperKind | None, before: tuple[datetime, PaperId] | None, limit: int
    ) -> list[Paper]:
        """Sort."""
        found = [
            one
            for one in self.kept.values()
            if one.person == person
            and kind in (None, one.kind)
            and (before is None or (one.issued_at, one.id) < before)
        ]
        return sorted(found, key=lambda one: (one.issued_at, one.id), reverse=True)[:limit]

    def _notes(self, invoice: PaperId) -> Iterable[Paper]:
        return (one for one in self.kept.values() if one.original and one.original.id == invoice)

    def _refuse_excess(self, paper: Paper) -> None:
        if paper.original is None:
            return
        invoice, notes = self.find(paper.original.id), [*self._notes(paper.original.id), paper]
        parts = [
            (invoice.sale.tax(kind) if invoice else 0, sum(one.sale.tax(kind) for one in notes))
            for kind in Gst
        ]
        parts.append((invoice.sale.net if invoice else 0, sum(one.sale.net for one in notes)))
        if any(credited > invoiced for invoiced, credited in parts):
            raise CreditExceeded


@dataclass
class MemoryPrints:
    """See :class:`payments.ports.papers.Prints`."""

    kept: dict[PaperId, Print] = field(default_factory=dict)

    def find(self, paper_id: PaperId) -> Print | None:
        """Look it up."""
        return self.kept.get(paper_id)

    def of(self, papers: Sequence[PaperId]) -> dict[PaperId, Print]:
        """Look them up."""
        return {one: self.kept[one] for one in papers if one in self.kept}

    def keep(self, made: Print) -> Print:
        """Keep the first."""
        return self.kept.setdefault(made.paper, made)


@dataclass
class MemoryPaperStore:
    """See :class:`payments.ports.papers.PaperStore`; ``kept`` are the documents."""

    kept: dict[PaperId, bytes] = field(default_factory=dict)

    def keep(self, paper: Paper, document: bytes) -> None:
        """Keep it."""
        self.kept[paper.id] = document

    def link(self, paper: Paper, seconds: int) -> str:
        """Name it."""
        return f"memory://papers/{paper.id}?for={seconds}"


@dataclass
class MemoryWorkflow:
    """See :class:`payments.ports.papers.PaperWorkflow`; ``started`` are the names, in order."""

    started: list[tuple[PaperCause, str]] = field(default_factory=list)

    def start(self, cause: PaperCause, again: str = "") -> bool:
        """Note it, once a name."""
        new = (cause, again) not in self.started
        if new:
            self.started.append((cause, again))
        return new
