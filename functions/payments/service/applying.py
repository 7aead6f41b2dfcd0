"""A state that was read back goes to whoever follows its kind, in the transaction that keeps it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from payments.model.gateway import Checkout
from payments.model.notice import GatewayState, PaymentState, SubscriptionState


@dataclass(frozen=True, slots=True)
class Applying:
    """Followers are called in turn; each compares the state with ours and does what is missing, once."""

    checkouts: Sequence[Callable[[Checkout], None]] = ()
    payments: Sequence[Callable[[PaymentState], None]] = ()
    subscriptions: Sequence[Callable[[SubscriptionState], None]] = ()

    def apply(self, state: GatewayState) -> None:
        """Hand ``state`` on."""
        if isinstance(state, Checkout):
            for follow_checkout in self.checkouts:
                follow_checkout(state)
        elif isinstance(state, PaymentState):
            for follow_payment in self.payments:
                follow_payment(state)
        else:
            for follow_subscription in self.subscriptions:
                follow_subscription(state)
