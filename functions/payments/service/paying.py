"""Buying from a wallet: the money is taken and posted and what was bought is granted, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock, ids
from payments.errors import BalanceInsufficient
from payments.errors.orders import AlreadyOwned, NotFromWallet, ProfileMissing, WalletShort
from payments.model.ledger import PersonId
from payments.model.ledger_chart import wallet
from payments.model.offer import Sku
from payments.model.payment import Payment, PaymentId
from payments.model.quote import Order, Quote
from payments.ports.payments import Payments, Profiles, Together
from payments.service.capturing import Capturing
from payments.service.quoting import Quoting


@dataclass(frozen=True, slots=True)
class Paying:
    """Who asks twice at once buys once: the person's lock comes before the second look."""

    quoting: Quoting
    profiles: Profiles
    payments: Payments
    capturing: Capturing
    together: Together
    now: Callable[[], datetime] = clock.now

    def buy(self, person: PersonId, sku: Sku, confirm: Callable[[int], None]) -> Payment:
        """Return the captured payment of ``sku`` from the wallet of ``person``.

        Raises ``ProfileMissing``, ``NotFromWallet``, ``AlreadyOwned``, ``WalletShort`` and what ``confirm``
        refuses; nothing is kept then.
        """
        if self.profiles.find(person) is None:
            raise ProfileMissing
        quote = self.quoting.quote(person, Order(sku))
        if quote.purpose != "course":
            raise NotFromWallet
        self.quoting.demand(person, quote)
        self._demand_money(person, quote.sale.gross)
        if quote.step_up:
            confirm(quote.step_up)
        return self._bought(person, quote)

    def _demand_money(self, person: PersonId, price: int) -> None:
        found = self.capturing.ledger.balance(wallet(person))
        holds = found.available.amount if found else 0
        if holds < price:
            raise WalletShort(
                f"Your wallet holds {_rupees(holds)} and this costs {_rupees(price)}: "
                "top it up, or pay by card"
            )

    def _bought(self, person: PersonId, quote: Quote) -> Payment:
        now = self.now()
        made = Payment(
            id=PaymentId(ids.uuid7()),
            person=person,
            purpose=quote.purpose,
            sku=quote.sku,
            line=quote.line,
            sale=quote.sale,
            state=quote.state,
            source="wallet",
            status="opened",
            opened_at=now,
        )
        with self.together():
            self.capturing.entitling.refresh(person)  # the lock
            if self.quoting.owns(person, quote.sku):
                raise AlreadyOwned
            try:
                self.capturing.capture(made, at=now)
            except BalanceInsufficient as error:
                raise WalletShort from error
            found = self.payments.find(made.id)
        assert found is not None, "just kept"
        return found


def _rupees(paise: int) -> str:
    return f"₹{paise // 100:,}.{paise % 100:02d}"
