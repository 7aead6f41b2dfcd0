"""What people paid in, as a limit on it needs to know."""

from typing import Protocol

from payments.model.ledger import PersonId
from payments.model.limit import PaidIn
from payments.model.payment import Period


class PayingIn(Protocol):
    """The sums of one person, and the lock under which they are held to a limit."""

    def of(self, person: PersonId, year: Period) -> PaidIn:
        """Return what ``person`` paid in ``year``, what waits, and what renews: as of one instant."""

    def lock(self, person: PersonId) -> None:
        """Let whoever else weighs ``person`` wait until the open transaction is over."""
