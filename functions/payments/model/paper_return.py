"""What a month's tax return (form GSTR-1) asks for: supplies by rate and place, documents by number.

A supply belongs to the month its money came in, which is before its invoice (section 13(2) of the CGST Act,
2017); a credit note to the month it was issued in (section 34(2)).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from payments.model.ledger import Book
from payments.model.paper import IST, PaperKind, Series
from payments.model.sale import Gst

Taxes = dict[Gst, int]
"""Paise by kind of tax."""


@dataclass(frozen=True, slots=True)
class Supplies:
    """All papers of one kind, line and place to registered or other buyers; ``net`` and taxes in paise."""

    kind: PaperKind
    line: Book
    place: str
    registered: bool
    count: int
    net: int
    cgst: int
    sgst: int
    igst: int

    def tax(self, kind: Gst) -> int:
        """Return the paise of one kind of tax."""
        return {Gst.CGST: self.cgst, Gst.SGST: self.sgst, Gst.IGST: self.igst}[kind]


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers of one series, from ``first`` to ``last``: table 13. None is ever cancelled."""

    kind: PaperKind
    series: Series
    first: int
    last: int
    count: int

    @property
    def unbroken(self) -> bool:
        """Whether no number is missing."""
        return self.last - self.first + 1 == self.count


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One kind of tax: what papers declare, less credit notes, and what the books hold of the month.

    ``carried`` is declared here but booked in another month, less the other way round.
    """

    kind: Gst
    declared: int
    carried: int
    booked: int

    @property
    def difference(self) -> int:
        """What nobody can explain: nothing, once every payment has its paper."""
        return self.declared - self.carried - self.booked


@dataclass(frozen=True, slots=True)
class Return:
    """One month; ``missing`` counts captured payments of it that have no paper yet (at most 100)."""

    since: datetime
    until: datetime
    supplies: list[Supplies] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    taxes: list[TaxLine] = field(default_factory=list)
    missing: int = 0


def month_of(year: int, month: int) -> tuple[datetime, datetime]:
    """Return when a month begins and when the next one does, in Indian time."""
    since = datetime(year, month, 1, tzinfo=IST)
    return since, (since + timedelta(days=31)).replace(day=1)
