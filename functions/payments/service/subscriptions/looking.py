"""Look at what the gateway holds of a subscription now, and follow it: after each of our own commands."""

from collections.abc import Callable
from dataclasses import dataclass

from kit.errors import Retryable
from payments.model.gateway import SubscriptionRef
from payments.model.notice import GatewayState
from payments.ports.notices import GatewayStates
from payments.ports.payments import Together
from payments.service.notices import ReadBack

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Looking:
    """As the worker does after a webhook: of two readings the later one stands (ADR 95)."""

    read_back: ReadBack
    states: GatewayStates
    together: Together
    apply: Callable[[GatewayState], None]

    def look(self, ref: SubscriptionRef) -> None:
        """Read back and follow. Raises what the reader raises, ``Retryable`` when others are faster."""
        reading = self.states.next_reading()
        read = self.read_back.read("subscription", ref)
        for left in reversed(range(_ATTEMPTS)):
            try:
                with self.together():
                    for state in read:
                        if self.states.keep(state, reading):
                            self.apply(state)
            except Retryable:
                if not left:
                    raise
            else:
                return
