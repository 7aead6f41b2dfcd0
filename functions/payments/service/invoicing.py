"""Issue papers: the invoice of a captured payment, the credit note of a refund, the receipt of a top-up."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit import clock, ids
from payments.errors.papers import BooksDisagree, NotCaptured
from payments.model.ledger import Book
from payments.model.ledger_chart import gst
from payments.model.offer import Catalogue
from payments.model.paper import (
    PATIENCE,
    Original,
    Paper,
    PaperCause,
    PaperId,
    PaperKind,
    Party,
    series_of,
)
from payments.model.payment import Payment, PaymentId
from payments.model.sale import STATES, Gst, Sale
from payments.ports.due import DueRows
from payments.ports.ledger import Ledger
from payments.ports.papers import Made, Papers
from payments.ports.payments import Payments, Profiles, Together
from payments.service import paper_facts
from payments.service.capturing import reference_of

_NAMESPACE: Final = uuid.UUID("7b5b8f0c-5a3f-5a64-9a86-706170657273")


@dataclass(frozen=True, slots=True)
class Invoicing:
    """``seller`` is who we are on papers from now on; what is issued keeps who we were."""

    papers: Papers
    payments: Payments
    profiles: Profiles
    ledger: Ledger
    due: DueRows
    offers: Catalogue
    seller: Party
    together: Together
    now: Callable[[], datetime] = clock.now

    def invoice(self, payment_id: PaymentId) -> Paper:
        """Return the paper of a captured payment, issued now unless it was; a receipt where it is no supply.

        Raises ``NotCaptured``; ``BooksDisagree`` when the books hold another sale or none.
        """
        known = self.papers.of_cause(PaperCause(payment_id))
        if known is not None:
            return known
        one = self.payments.find(payment_id)
        if one is None or one.status != "captured":
            raise NotCaptured(f"Payment {payment_id} was not captured: there is nothing to invoice")
        return self._issue(one, PaperCause(one.id), one.sale, self._booked(one))

    def credit_note(
        self, refund_id: str, payment: Payment, back: Sale, at: datetime, against: str | None = None
    ) -> Paper | None:
        """Return the credit note of ``back``, that the books took out of ``payment``'s sale at ``at``.

        Issued now unless it was; its invoice before it, where that is still missing. ``against`` is a refund
        whose credit was invoiced again: that invoice is credited. None for what was no supply: there is
        nothing to credit. Joins the caller's transaction. Raises ``CreditExceeded``.
        """
        if payment.line is Book.WALLET:
            return None
        with self.together():
            known = self.papers.of_cause(PaperCause(refund_id))
            if known is not None:
                return known
            again = self.papers.of_cause(returned(against)) if against else None
            note = self._issue(payment, PaperCause(refund_id), back, at, again or self.invoice(payment.id))
            self.due.plan("invoice.issue", refund_id, self.now() + PATIENCE)
        return note

    def invoice_again(self, refund_id: str, payment: Payment, back: Sale) -> Paper | None:
        """Return the invoice of what the credit note of a refund took: the money never reached its payer.

        Issued now unless it was; a credit note is never taken back itself. None where there was no credit
        note. Joins the caller's transaction.
        """
        if self.papers.of_cause(PaperCause(refund_id)) is None:
            return None
        with self.together():
            known = self.papers.of_cause(returned(refund_id))
            paper = known or self._issue(payment, returned(refund_id), back, self.now())
            self.due.plan("invoice.issue", paper.cause, self.now() + PATIENCE)
        return paper

    def _issue(
        self,
        one: Payment,
        cause: PaperCause,
        sale: Sale,
        booked_at: datetime,
        invoice: Paper | None = None,
    ) -> Paper:
        """Issue a paper; about ``invoice``, a credit note between the same two under the same title."""
        kind: PaperKind = "credit_note" if invoice else "receipt" if one.line is Book.WALLET else "invoice"
        at, seller = self.now(), invoice.seller if invoice else self.seller
        buyer = invoice.buyer if invoice else self._buyer(one)
        title = invoice.title if invoice else self._title(one)
        of = Original(invoice.id, invoice.serial, invoice.issued_at) if invoice else None
        series = series_of(kind, one.line, at)

        def make(number: int, moment: datetime) -> Made:
            paper = Paper(
                id=PaperId(ids.uuid7()),
                kind=kind,
                series=series,
                number=number,
                cause=cause,
                payment=one.id,
                person=one.person,
                line=one.line,
                title=title,
                sale=sale,
                place=one.state,
                seller=seller,
                buyer=buyer,
                booked_at=booked_at,
                issued_at=moment,
                period=one.period,
                original=of,
            )
            return paper, paper_facts.issued(paper)

        return self.papers.issue(series, cause, at, make)

    def _booked(self, one: Payment) -> datetime:
        """Return when the books took ``one``, whose tax they must hold to the paisa."""
        found = self.ledger.caused_by(reference_of(one))
        held: Counter[str] = Counter()
        for each in found:
            held[each.credit] += each.amount.amount
        taxed = one.line is not Book.WALLET
        if not found or (taxed and any(held[gst(one.line, kind)] != one.sale.tax(kind) for kind in Gst)):
            raise BooksDisagree(f"The books do not hold payment {one.id} as it was agreed")
        return found[0].recorded_at

    def _buyer(self, one: Payment) -> Party:
        """Return who pays; what belongs to another state than the place of supply is not theirs here."""
        known = self.profiles.find(one.person)
        if known is None:
            return Party("Customer", one.state)
        registered = known.gstin is not None and known.gstin[:2] == STATES[one.state]
        address = known.address if known.state == one.state else None
        return Party(known.name, one.state, address, known.gstin if registered else None)

    def _title(self, one: Payment) -> str:
        if one.purpose == "top_up":
            return "Money into your wallet"
        at = one.captured_at or one.opened_at
        offer = self.offers.find(one.sku, at.date())
        return offer.title if offer else one.sku


def returned(refund_id: str) -> PaperCause:
    """Return what an invoice of a refund that came back is about."""
    return PaperCause(str(uuid.uuid5(_NAMESPACE, f"returned/{refund_id}")))
