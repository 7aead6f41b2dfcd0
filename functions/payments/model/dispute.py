"""A dispute: the customer's bank takes the money back first and decides afterwards."""

from dataclasses import dataclass
from typing import Literal, NewType

from kit.money import Money
from payments.model.gateway import PaymentRef

DisputeRef = NewType("DisputeRef", str)
DisputeStatus = Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of the gateway's books about it: ``amount`` negative when taken, positive when given back.

    ``fee`` is what the gateway charged with it, tax included; ``ref`` is the entry's name.
    """

    ref: str
    amount: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class GatewayDispute:
    """One dispute as the gateway holds it, with what it moved so far, in order."""

    ref: DisputeRef
    payment: PaymentRef
    amount: Money
    status: DisputeStatus
    movements: tuple[Movement, ...] = ()

    @property
    def outstanding(self) -> int:
        """Paise that were taken and not given back."""
        return -sum(one.amount.amount for one in self.movements)
