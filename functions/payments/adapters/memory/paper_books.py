"""Papers over a stretch of time, summed in memory."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from payments.adapters.memory.papers import MemoryPapers
from payments.adapters.memory.payments import MemoryPayments
from payments.model.paper import Paper, PaperCause
from payments.model.paper_return import Run, Supplies, Taxes
from payments.model.payment import PaymentId
from payments.model.sale import Gst


@dataclass
class MemoryPaperBooks:
    """See :class:`payments.ports.papers.PaperBooks`."""

    papers: MemoryPapers
    payments: MemoryPayments

    def missing(self, since: datetime, until: datetime, limit: int) -> list[PaymentId]:
        """Search."""
        found = [
            (one.captured_at, one.id)
            for one in self.payments.kept.values()
            if one.captured_at and since <= one.captured_at < until
            if PaperCause(one.id) not in self.papers.kept
        ]
        return [payment for _, payment in sorted(found)][:limit]

    def supplies(self, since: datetime, until: datetime) -> list[Supplies]:
        """Group and sum."""
        groups = defaultdict[tuple[object, ...], list[Paper]](list)
        for one in self.papers.kept.values():
            at = one.issued_at if one.kind == "credit_note" else one.booked_at
            if one.kind != "receipt" and since <= at < until:
                groups[one.kind, one.line.value, one.place, one.buyer.gstin is not None].append(one)
        return [_supplies(groups[key]) for key in sorted(groups)]

    def runs(self, since: datetime, until: datetime) -> list[Run]:
        """Group and count."""
        groups = defaultdict[tuple[str, int], list[Paper]](list)
        for one in self.papers.kept.values():
            if since <= one.issued_at < until:
                groups[one.series.code, one.series.year].append(one)
        return [_run(groups[key]) for key in sorted(groups)]

    def carried(self, since: datetime, until: datetime) -> Taxes:
        """Sum."""
        found: Taxes = dict.fromkeys(Gst, 0)
        for one in self.papers.kept.values():
            if one.kind == "credit_note":
                sign = (since <= one.issued_at < until) - (since <= one.booked_at < until)
                for kind in Gst:
                    found[kind] += sign * one.sale.tax(kind)
        return found


def _supplies(papers: list[Paper]) -> Supplies:
    first = papers[0]
    taxes = {kind.value: sum(one.sale.tax(kind) for one in papers) for kind in Gst}
    return Supplies(
        first.kind,
        first.line,
        first.place,
        registered=first.buyer.gstin is not None,
        count=len(papers),
        net=sum(one.sale.net for one in papers),
        **taxes,
    )


def _run(papers: list[Paper]) -> Run:
    numbers = [one.number for one in papers]
    return Run(papers[0].kind, papers[0].series, min(numbers), max(numbers), len(papers))
