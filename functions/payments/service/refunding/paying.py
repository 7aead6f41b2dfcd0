"""Money back through the gateway: what is not known is looked up by our id, whatever became of the key."""

from dataclasses import dataclass

from kit import telemetry
from kit.money import Money
from payments.errors.gateway import GatewayMisused, PaymentNotOpen, RefundRefused
from payments.model.gateway import GatewayRefund, RefundOrder, RefundRef
from payments.model.payment import CURRENCY, Payment
from payments.model.refund import Refund
from payments.ports.gateway import GatewayReader, PaymentGateway

_FAILED = "REFUND_FAILED"


@dataclass(frozen=True, slots=True)
class Answer:
    """``ref``: the gateway has it (pending counts: it left our balance). None: refused, for ``code``."""

    ref: RefundRef | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Paying:
    """The idempotency key is the refund's id. A gateway forgets keys after a day, but not our id."""

    gateway: PaymentGateway
    reader: GatewayReader

    def pay(self, one: Refund, payment: Payment) -> Answer:
        """Give the money back, once. Raises ``OutcomeUnknown`` and ``GatewayBusy``: ask again."""
        assert payment.ref is not None, "what the gateway took has its name"
        found = self._known(one, payment)
        if found is None:
            order = RefundOrder(one.id, payment.ref, Money(one.sale.gross, CURRENCY))
            try:
                found = self.gateway.refund(order, key=one.id)
            except (RefundRefused, PaymentNotOpen, GatewayMisused) as error:
                telemetry.failure("the gateway refused a refund", error, refund=one.id)
                found = self._known(one, payment)  # refused, because it is there: made a moment ago
                if found is None:
                    return Answer(None, error.code)
        return Answer(None, _FAILED) if found.status == "failed" else Answer(found.ref)

    def look_up(self, one: Refund, payment: Payment) -> RefundRef | None:
        """Return the gateway's refund for ours, unless it failed."""
        found = self._known(one, payment)
        return found.ref if found is not None and found.status != "failed" else None

    def _known(self, one: Refund, payment: Payment) -> GatewayRefund | None:
        if payment.ref is None:
            return None
        return next((each for each in self.reader.refunds(payment.ref) if each.refund_id == one.id), None)
