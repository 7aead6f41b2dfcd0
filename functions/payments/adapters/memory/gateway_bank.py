"""The customer's bank behind the gateway in memory: it refuses refunds days later, and disputes payments."""

from dataclasses import dataclass, replace

from kit import ids
from kit.money import Money
from payments.adapters.memory.gateway import MemoryGateway
from payments.model.dispute import DisputeRef, GatewayDispute, Movement
from payments.model.gateway import GatewayRefund, PaymentRef, RefundRef

FEE = 1_500_00
"""In paise: what the gateway asks for a dispute here, whoever wins."""


@dataclass
class MemoryBank:
    """Acts on a :class:`MemoryGateway`."""

    gateway: MemoryGateway

    def refund_elsewhere(self, ref: PaymentRef, paise: int) -> RefundRef:
        """Refund in the gateway's dashboard: nobody of ours asked."""
        known = self.gateway.payments[ref]
        made = RefundRef(f"re_{ids.uuid7()}")
        amount = Money(paise, known.amount.currency)
        self.gateway.refunded[made] = GatewayRefund(made, ref, amount, "succeeded")
        self.gateway.payments[ref] = replace(known, refunded=known.refunded + amount)
        return made

    def refuse(self, ref: RefundRef) -> None:
        """Let a refund that succeeded fail: the money is with the gateway again."""
        refund = self.gateway.refunded[ref]
        if refund.status == "failed":
            return
        payment = self.gateway.payments[refund.payment]
        self.gateway.refunded[ref] = replace(refund, status="failed")
        self.gateway.payments[payment.ref] = replace(payment, refunded=payment.refunded - refund.amount)

    def dispute(self, ref: PaymentRef) -> DisputeRef:
        """Take the whole payment back, and ask for a fee."""
        payment = self.gateway.payments[ref]
        made = DisputeRef(f"dp_{ids.uuid7()}")
        taken = Movement(f"txn_{ids.uuid7()}", -payment.captured, Money(FEE, payment.amount.currency))
        self.gateway.disputed[made] = GatewayDispute(made, ref, payment.captured, "open", (taken,))
        self.gateway.payments[ref] = replace(payment, disputed=True)
        return made

    def decide(self, ref: DisputeRef, *, won: bool) -> None:
        """Give the money back, or keep it."""
        known = self.gateway.disputed[ref]
        if not won:
            self.gateway.disputed[ref] = replace(known, status="lost")
            return
        back = Movement(f"txn_{ids.uuid7()}", known.amount, Money(0, known.amount.currency))
        self.gateway.disputed[ref] = replace(known, status="won", movements=(*known.movements, back))
