"""What people see of their payments, their wallet and what they may use; support sees everybody's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from payments.errors.orders import PaymentUnknown
from payments.model.entitlement import Standing, standing
from payments.model.ledger import PersonId
from payments.model.ledger_books import Balance
from payments.model.ledger_chart import wallet
from payments.model.payment import Payment, PaymentId
from payments.ports.entitlements import Entitlements
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments
from payments.service.ledger import StatementPage, read_statement


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads; changes nothing."""

    payments: Payments
    entitlements: Entitlements
    ledger: Ledger
    now: Callable[[], datetime] = clock.now

    def payment(self, payment_id: PaymentId, viewer: PersonId | None) -> Payment:
        """Return a payment of ``viewer``, anybody's for None. Raises ``PaymentUnknown``."""
        found = self.payments.find(payment_id)
        if found is None or viewer not in {None, found.person}:
            raise PaymentUnknown
        return found

    def standing(self, person: PersonId) -> tuple[Standing, bool]:
        """Return what ``person`` may use, and whether something paid waits for their KYC."""
        facts, at = self.entitlements.of(person), self.now()
        waits = any(
            one.kyc == "awaited" and one.revoked_for is None and (one.ends_at is None or one.ends_at > at)
            for one in facts
        )
        return standing(facts, at), waits

    def wallet(self, person: PersonId) -> Balance | None:
        """Return the balance of a wallet, None for one that was never opened."""
        return self.ledger.balance(wallet(person))

    def statement(self, person: PersonId, limit: int, cursor: str | None) -> StatementPage:
        """Return a page of a wallet's statement, the oldest line first. Raises ``Invalid`` for the cursor."""
        account = wallet(person)
        if cursor is None and self.ledger.balance(account) is None:
            return StatementPage(account, self.now(), (), None)
        return read_statement(account, self.ledger, limit=limit, cursor=cursor)
