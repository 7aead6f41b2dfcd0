"""Money that was paid becomes ours: ledger, payment, entitlement and the fact of it, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock
from kit.errors import Retryable
from payments.model.entitlement import Cause, Entitlement
from payments.model.gateway import PaymentRef
from payments.model.ledger import Book, Chain
from payments.model.payment import CURRENCY, Payment
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments, Together
from payments.service import facts, ledger_chains
from payments.service.entitling import Entitling


@dataclass(frozen=True, slots=True)
class Capturing:
    """Capturing twice is capturing once: the payment's version and the transfers' ids see to it."""

    payments: Payments
    ledger: Ledger
    entitling: Entitling
    together: Together
    now: Callable[[], datetime] = clock.now

    def capture(self, one: Payment, ref: PaymentRef | None = None, at: datetime | None = None) -> bool:
        """Record that ``one``, opened, lapsed or new, is paid; False when it was recorded already.

        A course is granted at once; what a subscription's payment grants is the subscription's to say. The
        post is the transaction's last command. Raises what the ledger refuses, and ``Retryable`` when the
        payment was changed meanwhile.
        """
        with self.together():
            known = self.payments.find(one.id)
            base, was = (known, known.version) if known else (one, 0)
            if base.status == "captured":
                return False
            paid = replace(
                base, status="captured", captured_at=at or self.now(), ref=ref or base.ref, version=was + 1
            )
            if not self.payments.put(paid, was, (facts.captured(paid),)):
                raise Retryable("The payment is being changed by others: try again")
            if paid.purpose == "course":
                self.entitling.grant(Entitlement(Cause(paid.id), paid.person, self.now(), item=paid.sku))
            if paid.line is Book.WALLET:
                self.ledger.open_wallet(paid.person, CURRENCY, self.now())
            self.ledger.post(chain_of(paid), self.now())
        return True


def reference_of(one: Payment) -> str:
    """Return how the books call the capture of ``one``: what a refund of it reverses."""
    return f"payment:{one.id}"


def chain_of(one: Payment) -> Chain:
    """Return the transfers of a captured payment."""
    event = reference_of(one)
    if one.purpose == "top_up":
        return ledger_chains.topped_up(event, one.person, one.sale.gross)
    if one.source == "wallet":
        return ledger_chains.bought_from_wallet(event, one.person, one.line, one.sale)
    return ledger_chains.captured(event, one.line, one.sale)
