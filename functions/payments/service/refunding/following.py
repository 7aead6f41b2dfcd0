"""What a payment's state, read back from the gateway, says about refunds.

Made elsewhere, failed later, or due because what was paid cannot be granted: it is noted in the transaction
that keeps the state, and the saga does the rest.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kit import clock, telemetry
from kit.errors import Retryable
from payments.model.gateway import GatewayPayment, GatewayRefund
from payments.model.notice import PaymentState
from payments.model.payment import Payment, PaymentId
from payments.model.refund import BY_GATEWAY, BY_RULE, Done, Refund, RefundId, left_of
from payments.model.sale import Sale
from payments.policies import Policies
from payments.ports.due import DueRows
from payments.ports.entitlements import Entitlements
from payments.ports.payments import Payments
from payments.ports.refunds import Refunds
from payments.service import refund_facts
from payments.service.access import cause_of
from payments.service.capturing import Capturing
from payments.service.refunding.deciding import PATIENCE

FAILED_LATER: Final = "REFUND_FAILED_AT_BANK"
_NAMESPACE: Final = uuid.UUID("0b6ab4a5-92f0-5d0c-8a51-726566756e64")


@dataclass(frozen=True, slots=True)
class Following:
    """Follows after whoever records captures."""

    payments: Payments
    refunds: Refunds
    entitlements: Entitlements
    capturing: Capturing
    policies: Policies
    due: DueRows
    now: Callable[[], datetime] = clock.now

    def follow(self, state: PaymentState) -> None:
        """Do what is missing, once. Raises ``Retryable`` when a refund is being driven meanwhile."""
        payment = self._payment(state.payment)
        if payment is None or payment.status != "captured":
            return
        known = self.refunds.of_payment(payment.id)
        for each in state.refunds:
            self._refund(payment, each, known)
        if self._ungrantable(payment) and not known and not state.refunds:
            self._give_back(payment)

    # ---- whose money it is ----

    def _payment(self, found: GatewayPayment) -> Payment | None:
        """Return our payment of the gateway's; what came a second time for one is a payment of its own."""
        known = self.payments.of_ref(found.ref)
        if known is not None or found.payment_id is None:
            return known
        first = self.payments.find(PaymentId(found.payment_id)) if _is_id(found.payment_id) else None
        if first is None or first.ref in {None, found.ref}:
            return first
        if not found.captured.amount or first.status != "captured":
            return None
        return self._twin(first, found)

    def _twin(self, first: Payment, found: GatewayPayment) -> Payment | None:
        """Capture what was paid twice; then it is refunded like all that cannot be granted."""
        if found.captured.amount != first.sale.gross:
            return None  # the reconciler tells of money that is nobody's
        twin = replace(
            first,
            id=PaymentId(_derived(found.ref)),
            ref=found.ref,
            checkout=None,
            address=None,
            dispute=None,
            status="opened",
            captured_at=None,
            version=1,
        )
        self.capturing.capture(twin, found.ref)
        return self.payments.find(twin.id)

    # ---- refunds the gateway knows ----

    def _refund(self, payment: Payment, each: GatewayRefund, known: list[Refund]) -> None:
        ours = next((one for one in known if each.ref == one.gateway_ref or each.refund_id == one.id), None)
        if ours is None or (ours.status == "compensated" and ours.gateway_ref != each.ref):
            if each.status != "failed":
                self._made_elsewhere(payment, each)
        elif each.status == "failed" and ours.has("pay") and ours.status in {"approved", "completed"}:
            self._put(ours.failed(FAILED_LATER), ours.version)
            telemetry.count("RefundsFailedLater", 1)

    def _made_elsewhere(self, payment: Payment, each: GatewayRefund) -> None:
        """Take over what somebody refunded in the gateway's dashboard: the money is gone, the rest follows.

        A part leaves what was bought, the whole takes it.
        """
        refund_id = RefundId(_derived(each.ref))
        if self.refunds.find(refund_id) is not None:
            return
        left = left_of(payment, self.refunds.of_payment(payment.id))
        paise = min(each.amount.amount, left.gross)
        if paise == 0:
            return  # the reconciler tells: more went back than was ever taken
        whole = paise == left.gross
        made = self._automatic(
            payment, left.share(paise), refund_id, BY_GATEWAY, "In the gateway's dashboard"
        )
        steps = (Done("pay", self.now()),)
        self._put(replace(made, revokes=whole, gateway_ref=each.ref, steps=steps), 0)

    # ---- what cannot be granted ----

    def _ungrantable(self, payment: Payment) -> bool:
        """Whether a course was bought that its person had already, by another payment."""
        if payment.purpose != "course" or payment.source != "gateway":
            return False
        others = (one for one in self.entitlements.of(payment.person) if one.cause != cause_of(payment))
        now = self.now()
        return any(one.item == payment.sku and one.holds(now) for one in others)

    def _give_back(self, payment: Payment) -> None:
        refund_id = RefundId(_derived(f"ungrantable/{payment.id}"))
        self._put(self._automatic(payment, payment.sale, refund_id, BY_RULE, "Bought twice"), 0)

    def _automatic(self, payment: Payment, sale: Sale, refund_id: RefundId, by: str, reason: str) -> Refund:
        at = self.now()
        policy = self.policies.on(at.date()).version
        return Refund(
            id=refund_id,
            payment=payment.id,
            person=payment.person,
            sku=payment.sku,
            line=payment.line,
            sale=sale,
            revokes=True,
            origin="gateway" if by == BY_GATEWAY else "rule",
            requested_by=by,
            requested_at=at,
            reason=reason,
            policy_version=policy,
            quoted=sale.gross,
            status="approved",
            decided_by=f"policy:{policy}",
            decided_at=at,
        )

    def _put(self, one: Refund, was: int) -> None:
        """Keep it, start the workflow where it is new, and let the schedule look after it."""
        told = () if was else (refund_facts.approved(one),)
        if not self.refunds.put(one, was, told):
            raise Retryable("The refund is being driven by others: read the state again")
        self.due.plan("refund.drive", one.id, self.now() if was else self.now() + PATIENCE)


def _derived(name: str) -> str:
    """Return an id that follows from ``name``: the same at every reading."""
    return str(uuid.uuid5(_NAMESPACE, name))


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
