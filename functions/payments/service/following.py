"""What the gateway says of pages and payments, compared with ours: what is missing is done, once.

It may be told in any order and any number of times. Another amount than was agreed belongs to whoever paid:
it goes into their wallet, with an alarm (ADR 131). What was paid twice is given back by ``refunding``.
"""

import uuid
from dataclasses import dataclass, replace
from typing import Any, Final

from kit import telemetry
from kit.errors import Poison, Retryable
from kit.events import Event
from kit.money import Money
from payments.model.gateway import Checkout, GatewayPayment
from payments.model.ledger import Book, Chain
from payments.model.notice import PaymentState
from payments.model.payment import AMOUNT_DIFFERS, CURRENCY, Payment, PaymentId
from payments.ports.due import DueRows
from payments.ports.payments import Payments
from payments.service import facts, ledger_chains
from payments.service.capturing import Capturing

_LONGEST_DECLINE: Final = 80


@dataclass(frozen=True, slots=True)
class Following:
    """Call it in a transaction."""

    payments: Payments
    due: DueRows
    capturing: Capturing

    def page(self, page: Checkout) -> None:
        """Follow a hosted page: one that closed unpaid lapses its payment."""
        one = self._ours(page.reference)
        if one is not None and page.status == "expired":
            self.lapse(one)

    def payment(self, state: PaymentState) -> None:
        """Follow a payment. Raises ``Retryable`` when it is changed meanwhile."""
        found = state.payment
        one = self._ours(found.payment_id) or self.payments.of_ref(found.ref)
        if one is None or one.source != "gateway":
            return
        if one.purpose == "subscription":
            if one.status == "captured":
                self.capturing.charge_fee(one)  # its periods are the subscription's to capture
        elif found.status == "captured":
            self._taken(one, found)
        elif found.status == "failed" and one.status == "opened":
            self._refused(one, found)

    def lapse(self, one: Payment) -> None:
        """Give up ``one``, unless it is over."""
        if one.status == "opened":
            self.due.drop("payment.lapse", one.id)
            gone = replace(one, status="lapsed", address=None, version=one.version + 1)
            self._put(gone, facts.lapsed(gone))

    def _taken(self, one: Payment, found: GatewayPayment) -> None:
        agreed = found.captured == Money(one.sale.gross, CURRENCY)
        if one.status == "captured" and one.ref == found.ref:
            self.capturing.charge_fee(one)
        elif not agreed:
            self._strayed(one, found)
        elif one.status != "captured":  # else it came a second time: a payment of its own, to be given back
            self.due.drop("payment.lapse", one.id)
            self.capturing.capture(one, found.ref)

    def _refused(self, one: Payment, found: GatewayPayment) -> None:
        decline = (found.decline or "declined")[:_LONGEST_DECLINE]
        if (one.decline, one.ref) != (decline, found.ref):
            self._put(replace(one, decline=decline, ref=found.ref, version=one.version + 1))

    def _strayed(self, one: Payment, found: GatewayPayment) -> None:
        event = stray_reference(found)
        if self.capturing.ledger.find([ledger_chains.transfer_id(event, "wallet")]):
            return
        taken, now = found.captured, self.capturing.now()
        if taken.currency != CURRENCY:
            raise Poison(f"{found.ref} took {taken.currency}, for which there are no books")
        changed = replace(one, version=one.version + 1)
        told: list[Event[Any]] = [facts.differed(changed, one.sale.gross, taken.amount)]
        if one.status != "captured":
            changed = replace(changed, status="lapsed", address=None, decline=AMOUNT_DIFFERS, ref=found.ref)
            told += [facts.lapsed(changed)] if one.status == "opened" else []
        telemetry.count("PaymentsDiffered")
        self._put(changed, *told)
        self.capturing.ledger.open_wallet(one.person, CURRENCY, now)
        links = ledger_chains.topped_up(event, one.person, taken.amount).links
        fee = self.capturing.fee_links(event, Book.WALLET, found.ref)
        self.capturing.ledger.post(Chain(links + fee), now)

    def _put(self, one: Payment, *told: Event[Any]) -> None:
        if not self.payments.put(one, one.version - 1, told):
            raise Retryable("The payment is being changed by others: try again")

    def _ours(self, name: str | None) -> Payment | None:
        return self.payments.find(PaymentId(name)) if name and _is_uuid(name) else None


def stray_reference(found: GatewayPayment) -> str:
    """Return how the books call money that came otherwise than agreed."""
    return f"gateway:{found.ref}"


def _is_uuid(name: str) -> bool:
    """Whether ``name`` can be an id of ours; what others ordered under our account may be called anything."""
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
