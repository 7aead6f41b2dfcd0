"""Invoices, credit notes and receipts, as they are read. Amounts are paise."""

from datetime import datetime

from pydantic import Field

from kit.http import Body, PageQuery, View
from payments.model.paper import IST, Paper, PaperKind, Party
from payments.model.paper_return import Return, Run, Supplies
from payments.model.places import NAMES
from payments.model.sale import RATE_PERCENT, STATES, Gst
from payments.model.words import in_words
from payments.ports.papers import Print


class InvoiceQueryIn(PageQuery):
    """Which papers."""

    kind: PaperKind | None = Field(
        default=None, description="Only invoices, credit notes, or receipts of top-ups"
    )
    user: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="Whose, for support, auditor and admin; else your own",
    )


class MonthQueryIn(Body):
    """Which month."""

    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="In India, such as 2026-11")


class PlaceView(View):
    """A state with its GST code."""

    state: str
    code: str
    name: str


class PartyView(View):
    """Who sells or buys."""

    name: str
    address: str | None
    gstin: str | None
    state: PlaceView


class PeriodView(View):
    """What a subscription's payment paid for."""

    start: datetime
    end: datetime


class OriginalView(View):
    """The invoice a credit note is about."""

    id: str
    serial: str
    issued_at: datetime


class InvoiceView(View):
    """One paper. ``kind`` says which; a receipt bears no tax. ``digest``: SHA-256 of its PDF once printed."""

    id: str
    kind: PaperKind
    serial: str
    issued_at: datetime
    paid_at: datetime
    payment_id: str
    refund_id: str | None
    original: OriginalView | None
    line: str
    title: str
    period: PeriodView | None
    sac: str | None
    currency: str
    taxable_value: int
    rate_percent: int
    cgst: int
    sgst: int
    igst: int
    total: int
    total_in_words: str
    place_of_supply: PlaceView
    reverse_charge: bool
    seller: PartyView
    buyer: PartyView
    digest: str | None


class InvoiceLinkView(View):
    """Open ``url`` until ``expires_at``; it carries its own signature, so send it no token."""

    url: str
    expires_at: datetime
    digest: str


class SuppliesView(View):
    """All papers of one kind, place and sort of buyer; a credit note lowers what is owed."""

    kind: PaperKind
    line: str
    place_of_supply: PlaceView
    registered_buyers: bool
    rate_percent: int
    count: int
    taxable_value: int
    cgst: int
    sgst: int
    igst: int


class DocumentsView(View):
    """Numbers of one series (GSTR-1, table 13). None is ever cancelled."""

    kind: PaperKind
    series: str
    first: str
    last: str
    count: int
    cancelled: int
    unbroken: bool


class TaxView(View):
    """One tax: declared by papers, booked in the ledger, carried over the month's end, and unexplained."""

    kind: str
    declared: int
    carried: int
    booked: int
    difference: int


class InvoiceSummaryView(View):
    """A month for the tax return. ``agrees``: the papers say what the books say, to the paisa."""

    month: str
    supplies: tuple[SuppliesView, ...]
    documents: tuple[DocumentsView, ...]
    taxes: tuple[TaxView, ...]
    payments_without_paper: int
    agrees: bool


def view(paper: Paper, made: Print | None) -> InvoiceView:
    """Return ``paper`` as it is read."""
    return InvoiceView(
        id=paper.id,
        kind=paper.kind,
        serial=paper.serial,
        issued_at=paper.issued_at,
        paid_at=paper.booked_at,
        payment_id=paper.payment,
        refund_id=paper.cause if paper.kind == "credit_note" else None,
        original=OriginalView.model_validate(paper.original) if paper.original else None,
        line=paper.line.value,
        title=paper.title,
        period=PeriodView.model_validate(paper.period) if paper.period else None,
        sac=paper.sac,
        currency="INR",
        taxable_value=paper.sale.net,
        rate_percent=paper.rate_percent,
        cgst=paper.sale.tax(Gst.CGST),
        sgst=paper.sale.tax(Gst.SGST),
        igst=paper.sale.tax(Gst.IGST),
        total=paper.sale.gross,
        total_in_words=in_words(paper.sale.gross),
        place_of_supply=_place(paper.place),
        reverse_charge=False,
        seller=_party(paper.seller),
        buyer=_party(paper.buyer),
        digest=made.digest if made else None,
    )


def summary(found: Return) -> InvoiceSummaryView:
    """Return a month as it is read."""
    taxes = tuple(TaxView.model_validate(one) for one in found.taxes)
    return InvoiceSummaryView(
        month=f"{found.since.astimezone(IST):%Y-%m}",
        supplies=tuple(_supplies(one) for one in found.supplies),
        documents=tuple(_documents(one) for one in found.runs),
        taxes=taxes,
        payments_without_paper=found.missing,
        agrees=not found.missing and all(one.difference == 0 for one in taxes),
    )


def _place(state: str) -> PlaceView:
    return PlaceView(state=state, code=STATES[state], name=NAMES[state])


def _party(one: Party) -> PartyView:
    return PartyView(name=one.name, address=one.address, gstin=one.gstin, state=_place(one.state))


def _supplies(one: Supplies) -> SuppliesView:
    return SuppliesView(
        kind=one.kind,
        line=one.line.value,
        place_of_supply=_place(one.place),
        registered_buyers=one.registered,
        rate_percent=RATE_PERCENT,
        count=one.count,
        taxable_value=one.net,
        cgst=one.cgst,
        sgst=one.sgst,
        igst=one.igst,
    )


def _documents(one: Run) -> DocumentsView:
    return DocumentsView(
        kind=one.kind,
        series=one.series.serial(one.first).rpartition("/")[0],
        first=one.series.serial(one.first),
        last=one.series.serial(one.last),
        count=one.count,
        cancelled=0,
        unbroken=one.unbroken,
    )
