"""What stands against an entitlement: refunds and disputes take it, and give back only what they took."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit import clock
from payments.model.entitlement import Cause
from payments.model.payment import Payment, SubscriptionId
from payments.ports.entitlements import Entitlements
from payments.ports.payments import Payments
from payments.ports.refunds import Refunds
from payments.service.entitling import Entitling

OURS: Final = ("refund:", "dispute:")


@dataclass(frozen=True, slots=True)
class Access:
    """The fact is folded from what is known now, never switched: so the order of events does not matter."""

    payments: Payments
    refunds: Refunds
    entitlements: Entitlements
    entitling: Entitling
    now: Callable[[], datetime] = clock.now

    def settle(self, payment: Payment) -> None:
        """Take or give back what follows from ``payment``. Call it after the change, in its transaction.

        Two changes at once (a refund turned back, a dispute won) would each see the other's old state: so
        the person's lock comes first, and what is read after it is what the other left.
        """
        cause = cause_of(payment)
        if self.entitlements.find(cause) is None:
            return
        self.entitling.refresh(payment.person)
        fact = self.entitlements.find(cause)
        assert fact is not None, "facts are never deleted"
        against = self._against(payment)
        if against is not None:
            self.entitling.revoke(cause, against)
        elif fact.revoked_for is not None and fact.revoked_for.startswith(OURS):
            self.entitling.restore(cause)

    def _against(self, payment: Payment) -> str | None:
        concerned = [payment]
        if payment.subscription is not None:
            concerned = self._current(payment.subscription)
        for one in concerned:
            known = self.payments.find(one.id)
            if known is not None and known.dispute in {"open", "lost"}:
                return f"dispute:{one.id}"
            for refund in self.refunds.of_payment(one.id):
                if refund.takes:
                    return f"refund:{refund.id}"
        return None

    def _current(self, subscription: SubscriptionId) -> list[Payment]:
        """Return the payments whose period is not over: what became of older ones is history."""
        found = self.payments.of_subscription(subscription)
        return [one for one in found if one.period is None or one.period.end > self.now()]


def cause_of(payment: Payment) -> Cause:
    """Return what the entitlement of ``payment`` follows from: itself, or its subscription."""
    return Cause(payment.subscription or payment.id)
