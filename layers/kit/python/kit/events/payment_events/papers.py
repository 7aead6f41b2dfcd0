"""Invoices, credit notes, and what the reconciler found."""

from typing import ClassVar

from kit.events import Moment
from kit.events.payment_events.base import Line, Money, Parts


class InvoiceIssued(Money, frozen=True, kw_only=True):
    """A tax invoice has its serial. Subject: the invoice, which has an id of its own."""

    TYPE: ClassVar[str] = "invoice.issued"

    invoice_id: str
    payment_id: str
    user_id: str
    serial: str
    line: Line
    amount: Parts
    currency: str
    issued_at: Moment


class CreditNoteIssued(Money, frozen=True, kw_only=True):
    """A credit note takes back part of an invoice. Subject: the note, which has an id of its own."""

    TYPE: ClassVar[str] = "credit_note.issued"

    credit_note_id: str
    invoice_id: str
    payment_id: str
    refund_id: str
    user_id: str
    serial: str
    line: Line
    amount: Parts
    currency: str
    issued_at: Moment


class BooksDiffered(Money, frozen=True, kw_only=True):
    """The reconciler found what does not agree: an alarm. Subject: what it is about.

    ``expected`` and ``found`` are paise, or counts.
    """

    TYPE: ClassVar[str] = "books.differed"

    what: str
    about: str
    expected: int
    found: int
    found_at: Moment
