"""What people paid in, in memory."""

from dataclasses import dataclass, field

from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.memory.refunds import MemoryRefunds
from payments.adapters.memory.subscriptions import MemorySubscriptions
from payments.model.ledger import Book, PersonId
from payments.model.limit import REGULATED, PaidIn
from payments.model.payment import Payment, Period


@dataclass
class MemoryPayingIn:
    """See :class:`payments.ports.limits.PayingIn`; ``locked`` says whose lock was taken, in order."""

    payments: MemoryPayments
    refunds: MemoryRefunds
    subscriptions: MemorySubscriptions
    locked: list[PersonId] = field(default_factory=list)

    def of(self, person: PersonId, year: Period) -> PaidIn:
        """Sum."""
        mine = [
            one
            for one in self.payments.kept.values()
            if one.person == person and one.line in REGULATED and one.source == "gateway"
        ]
        return PaidIn(
            sum(self._kept(one) for one in mine if _paid_in(one, year)),
            sum(one.sale.gross for one in mine if one.status == "opened"),
            self.subscriptions.live(person, Book.RESEARCH),
        )

    def lock(self, person: PersonId) -> None:
        """Nobody else is here."""
        self.locked.append(person)

    def _kept(self, one: Payment) -> int:
        back = (each for each in self.refunds.of_payment(one.id) if each.status == "completed")
        return one.sale.gross - sum(each.sale.gross for each in back)


def _paid_in(one: Payment, year: Period) -> bool:
    return (
        one.status == "captured" and one.captured_at is not None and year.start <= one.captured_at < year.end
    )
