"""Events of papers."""

from collections.abc import Sequence
from typing import Any

from kit import events
from kit.events import Event
from kit.events.payment_events import CreditNoteIssued, InvoiceIssued
from payments.model.paper import Paper
from payments.model.payment import CURRENCY
from payments.service.facts import parts_of


def issued(one: Paper) -> Sequence[Event[Any]]:
    """Return what is told of a new paper: nothing of a receipt, whose money was told as captured."""
    if one.kind == "invoice":
        return (events.new(_invoice(one), subject=one.id, version=1),)
    if one.kind == "credit_note":
        return (events.new(_credit_note(one), subject=one.id, version=1),)
    return ()


def _invoice(one: Paper) -> InvoiceIssued:
    return InvoiceIssued(
        invoice_id=one.id,
        payment_id=one.payment,
        user_id=one.person,
        serial=one.serial,
        line=one.line.value,
        amount=parts_of(one.sale),
        currency=CURRENCY,
        issued_at=one.issued_at,
    )


def _credit_note(one: Paper) -> CreditNoteIssued:
    assert one.original is not None, "a credit note names its invoice"
    return CreditNoteIssued(
        credit_note_id=one.id,
        invoice_id=one.original.id,
        payment_id=one.payment,
        refund_id=one.cause,
        user_id=one.person,
        serial=one.serial,
        line=one.line.value,
        amount=parts_of(one.sale),
        currency=CURRENCY,
        issued_at=one.issued_at,
    )
