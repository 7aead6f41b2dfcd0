"""Money that was paid becomes ours: ledger, payment, entitlement and the fact of it, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kit import clock
from kit.errors import Poison, Retryable
from kit.events import Event
from kit.money import Money
from payments.model.entitlement import Cause, Entitlement
from payments.model.gateway import PaymentRef
from payments.model.ledger import Book, Chain, Link
from payments.model.notice import PaymentState
from payments.model.paper import PATIENCE
from payments.model.payment import CURRENCY, Payment
from payments.ports.ledger import Ledger
from payments.ports.notices import GatewayStates
from payments.ports.payments import Payments, Together
from payments.service import facts, ledger_chains
from payments.service.entitling import Entitling


def not_known(_ref: PaymentRef) -> Money | None:
    """Know no fee."""
    return None


def nothing(_one: Payment) -> Sequence[Event[Any]]:
    """Find nothing to tell."""
    return ()


def fees_in(states: GatewayStates) -> Callable[[PaymentRef], Money | None]:
    """Know the fees that ``states`` name, as last read back."""

    def fee_of(ref: PaymentRef) -> Money | None:
        found = states.find(ref)
        return found.payment.fee if isinstance(found, PaymentState) else None

    return fee_of


@dataclass(frozen=True, slots=True)
class Capturing:
    """Capturing twice is capturing once: the payment's version and the transfers' ids see to it.

    ``fee_of`` says what the gateway keeps of a payment, as far as it was read back; ``beyond`` what is to be
    told where a payment passes a limit.
    """

    payments: Payments
    ledger: Ledger
    entitling: Entitling
    together: Together
    now: Callable[[], datetime] = clock.now
    fee_of: Callable[[PaymentRef], Money | None] = not_known
    beyond: Callable[[Payment], Sequence[Event[Any]]] = nothing

    def capture(self, one: Payment, ref: PaymentRef | None = None, at: datetime | None = None) -> bool:
        """Record that ``one``, opened, lapsed or new, is paid; False when it was recorded already.

        Its paper is planned with it, should the workflow that issues it be lost. A course is granted at
        once; what a subscription's payment grants is the subscription's to say. The gateway's fee, where it
        is known, is posted in the same chain. The post is the transaction's last command. Raises what the
        ledger refuses, and ``Retryable`` when the payment was changed meanwhile.
        """
        with self.together():
            known = self.payments.find(one.id)
            base, was = (known, known.version) if known else (one, 0)
            if base.status == "captured":
                return False
            paid = replace(
                base,
                status="captured",
                captured_at=at or self.now(),
                ref=ref or base.ref,
                decline=None,
                version=was + 1,
            )
            if not self.payments.put(paid, was, (facts.captured(paid), *self.beyond(paid))):
                raise Retryable("The payment is being changed by others: try again")
            self.entitling.due.plan("invoice.issue", paid.id, self.now() + PATIENCE)
            if paid.purpose == "course":
                self.entitling.grant(Entitlement(Cause(paid.id), paid.person, self.now(), item=paid.sku))
            if paid.line is Book.WALLET:
                self.ledger.open_wallet(paid.person, CURRENCY, self.now())
            fee = self.fee_links(reference_of(paid), paid.line, paid.ref)
            self.ledger.post(Chain(chain_of(paid).links + fee), self.now())
        return True

    def charge_fee(self, one: Payment) -> bool:
        """Post the gateway's fee for ``one``, captured, when it became known only later; whether it was."""
        event = reference_of(one)
        links = self.fee_links(event, one.line, one.ref)
        if not links or self.ledger.find([ledger_chains.transfer_id(event, "fee")]):
            return False
        self.ledger.post(Chain(links), self.now())
        return True

    def fee_links(self, event: str, book: Book, ref: PaymentRef | None) -> tuple[Link, ...]:
        """Return the transfer of what the gateway keeps of ``ref``; none where that is not known."""
        fee = self.fee_of(ref) if ref else None
        if fee is None or fee.amount == 0:
            return ()
        if fee.currency != CURRENCY:
            raise Poison(f"a fee in {fee.currency} has no account")
        return ledger_chains.fee_charged(event, book, fee.amount).links


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
