"""What of a payment may go back now, under the policy in force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from payments.errors.orders import PaymentUnknown
from payments.model.ledger import PersonId
from payments.model.ledger_chart import wallet
from payments.model.payment import Payment, PaymentId
from payments.model.refund import left_of
from payments.policies import Policies
from payments.policies.refunding import Circumstances, Quote, quote
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments
from payments.ports.refunds import CourseProgress, Refunds


@dataclass(frozen=True, slots=True)
class Quoting:
    """Looks at the payment, at what went back of it, at progress and wallet."""

    payments: Payments
    refunds: Refunds
    ledger: Ledger
    progress: CourseProgress
    policies: Policies
    now: Callable[[], datetime] = clock.now

    def payment(self, payment_id: PaymentId, viewer: PersonId | None) -> Payment:
        """Return the payment that ``viewer`` (None: staff) may see. Raises ``PaymentUnknown``."""
        found = self.payments.find(payment_id)
        if found is None or viewer not in {None, found.person}:
            raise PaymentUnknown
        return found

    def quote(self, payment: Payment) -> Quote:
        """Return what ``payment`` is worth now."""
        at = self.now()
        progress = self.progress.of(payment.person, payment.sku) if payment.purpose == "course" else None
        left = left_of(payment, self.refunds.of_payment(payment.id))
        known = Circumstances(left, progress, unspent_of(self.ledger, payment))
        return quote(self.policies.on(at.date()), payment, known, at)


def unspent_of(ledger: Ledger, payment: Payment) -> int:
    """Return what the payer's wallet holds now, in paise; 0 for what did not go into one."""
    if payment.purpose != "top_up":
        return 0
    found = ledger.balance(wallet(payment.person))
    return found.available.amount if found else 0
