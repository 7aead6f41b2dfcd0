"""What a refund means for papers and letters."""

from dataclasses import dataclass
from datetime import datetime

from payments.model.letter import Letter
from payments.model.payment import Payment
from payments.model.refund import Refund
from payments.ports.notifying import Notifier
from payments.ports.payments import Profiles
from payments.ports.refunds import Refunds
from payments.service.invoicing import Invoicing


@dataclass(frozen=True, slots=True)
class Notes:
    """See :class:`payments.ports.refunds.CreditNotes`."""

    invoicing: Invoicing
    refunds: Refunds

    def issue(self, refund: Refund, payment: Payment, settled_at: datetime) -> None:
        """Issue it, once; for what was no supply there is none."""
        self.invoicing.credit_note(refund.id, payment, refund.sale, settled_at, self._returned(refund))

    def withdraw(self, refund: Refund, payment: Payment) -> None:
        """Invoice anew what was credited."""
        self.invoicing.invoice_again(refund.id, payment, refund.sale)

    def _returned(self, refund: Refund) -> str | None:
        """Return an earlier refund of as much that came back after its credit: its invoice is credited."""
        return next(
            (
                one.id
                for one in reversed(self.refunds.of_payment(refund.payment))
                if one.status == "compensated" and one.has("note") and one.sale.gross >= refund.sale.gross
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class Letters:
    """See :class:`payments.ports.refunds.RefundLetters`; who has no profile has no address."""

    profiles: Profiles
    notifier: Notifier

    def tell(self, refund: Refund, payment: Payment) -> None:
        """Write, once for each way a refund may end."""
        profile = self.profiles.find(refund.person)
        if profile is not None:
            subject, text = _words(refund, payment)
            self.notifier.tell(Letter(f"refund:{refund.id}:{refund.status}", profile.email, subject, text))


def _words(refund: Refund, payment: Payment) -> tuple[str, str]:
    rupees = f"₹{refund.sale.gross // 100:,}.{refund.sale.gross % 100:02}"
    if refund.status == "completed":
        where = "your TREUM wallet" if payment.source == "wallet" else "the card you paid with"
        wait = "" if payment.source == "wallet" else " Banks take up to ten working days to show it."
        text = f"We have given back {rupees} to {where}.{wait}\n\nRefund {refund.id}\n"
        return "Your refund", text
    text = (
        f"We tried to give back {rupees}, and the bank did not take it. Nothing has changed: the money is"
        " with us, and what you bought is yours. Write to support for another way to be paid."
        f"\n\nRefund {refund.id}\n"
    )
    return "Your refund could not be paid", text
