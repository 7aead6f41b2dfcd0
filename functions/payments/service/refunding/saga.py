"""The saga of a refund: one step a call.

The state in PostgreSQL decides which step is next. Whoever calls another one changes nothing and is told the
next one, so steps may be called again, late and in any order.

Failpoints: ``refund.<step>.before`` and ``refund.<step>.after`` (committed), and ``refund.pay.answered``
between the gateway's answer and our note of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from kit import clock, failpoint, telemetry
from kit.errors import Retryable
from payments.errors import BalanceInsufficient, ReversalExceeded
from payments.errors.refunds import RefundNotFound
from payments.model.payment import Payment
from payments.model.refund import Refund, RefundId, Step
from payments.ports.due import DueRows
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments, Together
from payments.ports.refunds import CreditNotes, RefundLetters, Refunds, SubscriptionEnds
from payments.service import refund_chains, refund_facts
from payments.service.access import Access
from payments.service.refunding.paying import Paying
from payments.service.refunding.quoting import unspent_of

Verdict = Literal[
    "hold", "revoke", "pay", "settle", "end", "note", "notify", "release", "restore", "tell",
    "completed", "compensated", "declined", "waiting",
]  # fmt: skip
"""The step that is next, or how it ended; ``waiting`` for a person's decision."""
_TOO_MUCH: Final = (ReversalExceeded, BalanceInsufficient)


@dataclass(frozen=True, slots=True)
class Saga:
    """Every step is one transaction; a call to the gateway, or a letter, comes before it."""

    refunds: Refunds
    payments: Payments
    ledger: Ledger
    access: Access
    paying: Paying
    ends: SubscriptionEnds
    notes: CreditNotes
    letters: RefundLetters
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now
    hit: Callable[[str], None] = failpoint.hit

    def run(self, refund_id: RefundId, step: Step) -> Verdict:
        """Do ``step`` if it is next; return what is next then. Raises ``RefundNotFound``, ``Retryable``."""
        one = self._refund(refund_id)
        if one.next_step == step:
            payment = self.payments.find(one.payment)
            assert payment is not None, "a refund is of a payment"
            self.hit(f"refund.{step}.before")
            self._act(step, one, payment)
            self.hit(f"refund.{step}.after")
            telemetry.count("RefundSteps", 1, step=step)
        return verdict_of(self._refund(refund_id))

    def drive(self, refund_id: RefundId) -> Verdict:
        """Do step after step until it is over or waits."""
        while (step := self._refund(refund_id).next_step) is not None:
            self.run(refund_id, step)
        return verdict_of(self._refund(refund_id))

    def _refund(self, refund_id: RefundId) -> Refund:
        found = self.refunds.find(refund_id)
        if found is None:
            raise RefundNotFound
        return found

    def _act(self, step: Step, one: Refund, payment: Payment) -> None:
        acts: dict[Step, Callable[[Refund, Payment], None]] = {
            "hold": self._hold,
            "revoke": self._turn,
            "pay": self._pay,
            "settle": self._settle,
            "end": self._end,
            "note": self._note,
            "notify": self._tell,
            "release": self._release,
            "restore": self._turn,
            "tell": self._tell,
        }
        acts[step](one, payment)

    # ---- forward ----

    def _hold(self, one: Refund, payment: Payment) -> None:
        """What cannot be held is turned back at once; but what is gone already has to wait for its room."""
        unspent = min(unspent_of(self.ledger, payment), one.sale.gross)
        if one.origin != "gateway":
            unspent = one.sale.gross  # all of it, or the guard of the wallet refuses
        chain = refund_chains.held(one.id, payment, one.sale, unspent)
        try:
            with self.together():
                self._keep(one, one.done("hold", self.now()))
                self.ledger.post(chain, self.now())
        except _TOO_MUCH as error:
            if one.origin == "gateway":
                raise Retryable("another refund of this payment has to end first") from error
            self._keep(one, one.failed(error.code))

    def _turn(self, one: Refund, payment: Payment) -> None:
        """Take what was bought, or give it back: what stands against it now decides."""
        moved = one.done("revoke" if one.status == "approved" else "restore", self.now())
        with self.together():
            self._keep(one, moved)
            self.access.settle(payment)

    def _pay(self, one: Refund, payment: Payment) -> None:
        if payment.source == "wallet":
            self._keep(one, one.done("pay", self.now()))
            return
        answer = self.paying.pay(one, payment)
        self.hit("refund.pay.answered")
        if answer.ref is None:
            self._keep(one, one.failed(answer.code))
        else:
            self._keep(one, replace(one.done("pay", self.now()), gateway_ref=answer.ref))

    def _settle(self, one: Refund, payment: Payment) -> None:
        del payment
        self._end_holds(one, one.done("settle", self.now()))

    def _end(self, one: Refund, payment: Payment) -> None:
        if payment.subscription is not None and one.revokes:
            self.ends.end(payment.subscription, "refunded")
        self._keep(one, one.done("end", self.now()))

    def _note(self, one: Refund, payment: Payment) -> None:
        settled = next(done.at for done in one.steps if done.step == "settle")
        with self.together():
            self._keep(one, one.done("note", self.now()))
            self.notes.issue(one, payment, settled)

    # ---- back ----

    def _release(self, one: Refund, payment: Payment) -> None:
        """Look once more before the money counts as ours: it is not, where the gateway has paid after all."""
        if not one.has("settle") and payment.source == "gateway":
            found = self.paying.look_up(one, payment)
            if found is not None:
                self._keep(one, one.paid_after_all(found, self.now()))
                return
        self._end_holds(one, one.done("release", self.now()))

    def _tell(self, one: Refund, payment: Payment) -> None:
        """The last step of both ways."""
        ended = one.done("notify" if one.status == "approved" else "tell", self.now())
        self.letters.tell(ended, payment)
        with self.together():
            self._keep(one, ended, last=True)
            if ended.status == "compensated" and ended.has("note"):
                self.notes.withdraw(ended, payment)
            self.due.drop("refund.drive", one.id)
        telemetry.count("RefundsEnded", 1, status=ended.status)

    def _end_holds(self, one: Refund, moved: Refund) -> None:
        """Post what is held; or void it; or, where it was posted, record that it is back."""
        reference = refund_chains.reference_of_refund(one.id)
        with self.together():
            self._keep(one, moved)
            if moved.status == "approved":
                holds = self.ledger.caused_by(reference)
                self.ledger.post(refund_chains.settled(f"{reference}:settled", holds), self.now())
            elif one.has("settle"):
                gone = self.ledger.caused_by(f"{reference}:settled")
                self.ledger.post(refund_chains.restored(f"{reference}:returned", gone), self.now())
            elif one.has("hold"):
                holds = self.ledger.caused_by(reference)
                self.ledger.post(refund_chains.released(f"{reference}:released", holds), self.now())

    def _keep(self, was: Refund, moved: Refund, *, last: bool = False) -> None:
        told = (refund_facts.ended(moved),) if last else ()
        if not self.refunds.put(moved, was.version, told):
            raise Retryable("The refund is being driven by others: look again")


def verdict_of(one: Refund) -> Verdict:
    """Return what is next, or how it ended."""
    if one.next_step is not None:
        return one.next_step
    ends: dict[str, Verdict] = {
        "completed": "completed",
        "compensated": "compensated",
        "declined": "declined",
    }
    return ends.get(one.status, "waiting")
