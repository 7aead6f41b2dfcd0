"""Disputes: what the customer's bank takes, keeps or gives back, and what that means for what was bought."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kit import clock, telemetry
from kit.errors import Retryable
from kit.events import Event
from payments.errors import BalanceInsufficient, ReversalExceeded, TransferDiffers
from payments.model.dispute import DisputeStatus, GatewayDispute
from payments.model.ledger import Chain, Link
from payments.model.ledger_books import Recorded
from payments.model.notice import PaymentState
from payments.model.payment import Payment
from payments.model.refund import left_of
from payments.model.sale import Sale
from payments.ports.due import DueRows
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments
from payments.ports.refunds import Refunds
from payments.service import dispute_chains as chains
from payments.service import refund_facts
from payments.service.access import Access
from payments.service.refunding.quoting import unspent_of

_WORST: tuple[DisputeStatus, ...] = ("open", "lost", "won")


@dataclass(frozen=True, slots=True)
class Disputing:
    """Follows a payment's state after captures and refunds.

    The books follow each entry of the gateway's books, once: what is recorded already is found there by its
    id, and a chain records the rest.
    """

    payments: Payments
    refunds: Refunds
    ledger: Ledger
    access: Access
    due: DueRows
    now: Callable[[], datetime] = clock.now

    def follow(self, state: PaymentState) -> None:
        """Do what is missing. Raises ``Retryable`` when the payment or its wallet is being changed."""
        payment = self.payments.of_ref(state.payment.ref) if state.disputes else None
        if payment is None or payment.status != "captured":
            return
        status = next(word for word in _WORST if any(one.status == word for one in state.disputes))
        if status != payment.dispute:
            payment = self._move(payment, status)
            self.access.settle(payment)
        for dispute in state.disputes:
            others = any(one.movements for one in state.disputes if one.ref != dispute.ref)
            self._post(payment, dispute, Sale(0) if others else self._left(payment))

    def _move(self, payment: Payment, status: DisputeStatus) -> Payment:
        """Note where it stands, and tell; a subscription whose money is gone is to end."""
        at = self.now()
        moved = replace(payment, dispute=status, version=payment.version + 1)
        told: list[Event[Any]] = [refund_facts.disputed(moved, at)] if payment.dispute is None else []
        if status != "open":
            told.append(refund_facts.dispute_ended(moved, status, self._left(moved), at))
        if not self.payments.put(moved, payment.version, told):
            raise Retryable("The payment is being changed by others")
        if status == "lost" and payment.subscription is not None:
            self.due.plan("dispute.end", payment.subscription, at)
        telemetry.count("Disputes", 1, status=status)
        return moved

    def _left(self, payment: Payment) -> Sale:
        return left_of(payment, self.refunds.of_payment(payment.id))

    def _post(self, payment: Payment, dispute: GatewayDispute, left: Sale) -> None:
        """First what the bank took, then what it gave back or keeps: that refers to the former."""
        about = chains.reference_of_dispute(dispute.ref)
        for links_of in (self._taken, self._ended):
            recorded = self.ledger.caused_by(about)
            known = {one.id for one in recorded}
            links = [one for one in links_of(payment, dispute, left, recorded) if one.id not in known]
            if links:
                self._record(Chain(tuple(links)))

    def _record(self, chain: Chain) -> None:
        try:
            self.ledger.post(chain, self.now())
        except (TransferDiffers, BalanceInsufficient, ReversalExceeded) as error:
            raise Retryable("A refund, the wallet or the dispute is being changed: read it again") from error

    def _taken(
        self, payment: Payment, dispute: GatewayDispute, left: Sale, recorded: Sequence[Recorded]
    ) -> Iterator[Link]:
        about = chains.reference_of_dispute(dispute.ref)
        for entry in dispute.movements:
            yield from chains.dispute_fee(about, entry, payment.line)
            if entry.amount.amount < 0 and not chains.is_recorded(about, entry, recorded):
                yield from chains.taken_by_bank(about, entry, payment, left)
        unspent = min(unspent_of(self.ledger, payment), dispute.amount.amount)
        if unspent and dispute.status == "open":
            yield chains.frozen(about, payment.person, unspent)

    def _ended(
        self, payment: Payment, dispute: GatewayDispute, left: Sale, recorded: Sequence[Recorded]
    ) -> Iterator[Link]:
        del left
        about = chains.reference_of_dispute(dispute.ref)
        for entry in dispute.movements:
            if entry.amount.amount > 0 and not chains.is_recorded(about, entry, recorded):
                yield from chains.given_back_by_bank(about, entry, recorded)
        if dispute.status == "open":
            return
        lost = dispute.status == "lost"
        yield from chains.thawed(about, recorded, lost=lost)
        if lost and dispute.outstanding > 0:
            yield chains.kept_by_bank(about, payment.line, dispute.outstanding)
        if not lost:
            yield from chains.recovered(about, recorded)
