"""Invoices, credit notes and receipts: one's own; anybody's for support, auditors and administrators."""

from datetime import datetime
from uuid import UUID

from kit.errors import Forbidden
from kit.http import Page, Request, Routes, oversees, own_or_of, role
from kit.pagination import decode_cursor, encode_cursor
from payments import bootstrap
from payments.errors.papers import PaperNotFound, PaperNotPrinted
from payments.model.ledger import PersonId
from payments.model.paper import PaperId
from payments.schemas.invoices import (
    InvoiceLinkView,
    InvoiceQueryIn,
    InvoiceSummaryView,
    InvoiceView,
    MonthQueryIn,
    summary,
    view,
)

routes = Routes()
_ACCESS = own_or_of("support", "auditor")


@routes.get(
    "/invoices",
    summary="Your invoices, credit notes and receipts, newest first",
    query=InvoiceQueryIn,
    reply=Page[InvoiceView],
    access=_ACCESS,
)
def list_invoices(request: Request) -> Page[InvoiceView]:
    """List a person's papers. Raises ``Forbidden`` for somebody else's, unless they are one's work."""
    shelf, asked, user = bootstrap.papers.shelf(), request.query, request.user
    whose = PersonId(asked.user or user.subject)
    if whose != user.subject and not oversees(_ACCESS, user):
        raise Forbidden("Only support and auditors see the invoices of others")
    found = shelf.page(whose, asked.kind, _before(asked.cursor), asked.limit + 1)
    shown = found[: asked.limit]
    more = encode_cursor((shown[-1].issued_at, shown[-1].id)) if len(found) > asked.limit else None
    made = shelf.prints.of([one.id for one in shown])
    items = tuple(view(one, made.get(one.id)) for one in shown)
    return Page[InvoiceView](items=items, next_cursor=more)


@routes.get(
    "/invoices/summary",
    summary="A month for the tax return: supplies, numbers, and whether they equal the books (auditor)",
    query=MonthQueryIn,
    reply=InvoiceSummaryView,
    access=role("auditor"),
)
def summarize_invoices(request: Request) -> InvoiceSummaryView:
    """Sum a month."""
    year, _, month = request.query.month.partition("-")
    return summary(bootstrap.papers.returning().month(int(year), int(month)))


@routes.get(
    "/invoices/{id}",
    summary="One invoice, credit note or receipt, with everything that stands on it",
    reply=InvoiceView,
    access=_ACCESS,
    errors=(PaperNotFound,),
)
def get_invoice(request: Request) -> InvoiceView:
    """Read one."""
    return view(*bootstrap.papers.shelf().paper(_owner(request), _id(request)))


@routes.get(
    "/invoices/{id}/pdf",
    summary="A link to its PDF, for five minutes",
    reply=InvoiceLinkView,
    access=_ACCESS,
    errors=(PaperNotFound, PaperNotPrinted),
)
def get_invoice_pdf(request: Request) -> InvoiceLinkView:
    """Link to it."""
    return InvoiceLinkView.model_validate(bootstrap.papers.shelf().link(_owner(request), _id(request)))


def _owner(request: Request) -> PersonId | None:
    """Return whose papers the caller may read; None: anybody's."""
    return None if oversees(_ACCESS, request.user) else PersonId(request.user.subject)


def _id(request: Request) -> PaperId:
    return PaperId(request.path["id"])


def _before(cursor: str | None) -> tuple[datetime, PaperId] | None:
    if cursor is None:
        return None
    at, last = decode_cursor(cursor, tuple[datetime, UUID])
    return at, PaperId(str(last))
