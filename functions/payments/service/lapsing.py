"""The end of a page's time: it is closed at the gateway first, so that nobody pays for what was given up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock
from payments.errors.gateway import PaymentNotOpen
from payments.model.gateway import CheckoutRef
from payments.model.payment import PaymentId
from payments.ports.due import DueRows
from payments.ports.gateway import PaymentGateway
from payments.ports.notices import GatewayStates
from payments.ports.payments import Payments, Together
from payments.service.applying import Applying
from payments.service.following import Following
from payments.service.notices import ReadBack

_AGAIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LookingAgain:
    """Reads a page back and applies it as the worker does: for a webhook that was lost for good."""

    read_back: ReadBack
    states: GatewayStates
    applying: Applying
    together: Together

    def page(self, ref: CheckoutRef) -> None:
        """Look at ``ref`` and what was bought on it."""
        reading = self.states.next_reading()
        read = self.read_back.read("checkout", ref)
        with self.together():
            for state in read:
                if self.states.keep(state, reading):
                    self.applying.apply(state)


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Gives payments up."""

    payments: Payments
    due: DueRows
    gateway: PaymentGateway
    following: Following
    look_again: Callable[[CheckoutRef], None]
    together: Together
    now: Callable[[], datetime] = clock.now

    def lapse(self, payment_id: PaymentId) -> None:
        """Close the page and give the payment up; one that was paid is looked at, and again in an hour.

        Raises what the gateway raises, and ``Retryable`` when the payment is changed meanwhile.
        """
        one = self.payments.find(payment_id)
        if one is None or one.status != "opened":
            return
        if one.checkout is not None:
            try:
                self.gateway.expire_checkout(one.checkout, key=f"lapse:{one.id}")
            except PaymentNotOpen:
                self.look_again(one.checkout)
                self.due.plan("payment.lapse", one.id, self.now() + _AGAIN)
                return
        with self.together():
            self.following.lapse(one)
