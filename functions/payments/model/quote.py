"""What somebody wants to buy, and what it would cost and ask of them. A quote has no effect."""

import uuid
from dataclasses import dataclass
from typing import Final

from payments.model.entitlement import Kyc
from payments.model.ledger import Book, PersonId
from payments.model.offer import LEAST_TOP_UP, MOST_TOP_UP, Offer, Purpose, Sku
from payments.model.payment import PaymentId, step_up_level
from payments.model.sale import Sale

WALLET: Final = Sku("wallet")
"""What a payment into a wallet says it buys."""
_NAMESPACE: Final = uuid.UUID("0f9d2c0e-5a0b-5d8c-9f4e-636865636b6f")


@dataclass(frozen=True, slots=True)
class Order:
    """Either an offer's ``sku``, or ``top_up`` paise for the wallet."""

    sku: Sku | None = None
    top_up: int | None = None

    def __post_init__(self) -> None:
        if (self.sku is None) == (self.top_up is None):
            raise ValueError("an order names an offer or an amount for the wallet")
        if self.top_up is not None and not LEAST_TOP_UP <= self.top_up <= MOST_TOP_UP:
            raise ValueError("a wallet takes ₹100 to ₹10 lakh at once")


@dataclass(frozen=True, slots=True)
class Quote:
    """``cap_left`` is what the fee cap leaves of a year, None where there is none; all in paise.

    ``weight`` is what it counts for the limit of a KYC tier, ``limit_left`` what that leaves, None: no limit.
    ``offer`` is None for money into the wallet. ``owned``: the person has it already.
    """

    sku: Sku
    title: str
    purpose: Purpose
    line: Book
    sale: Sale
    state: str
    kyc: Kyc = "not_needed"
    cap_left: int | None = None
    weight: int = 0
    limit_left: int | None = None
    owned: bool = False
    offer: Offer | None = None

    @property
    def step_up(self) -> int:
        """Which second factor it asks for: 0 none, 1 a one-time code, 2 the authenticator app."""
        return step_up_level(self.sale.gross)

    @property
    def trial_days(self) -> int:
        """How long it is free at first."""
        return self.offer.trial_days if self.offer else 0

    @property
    def within_cap(self) -> bool:
        """Whether the fee cap allows it."""
        return self.cap_left is None or self.sale.net <= self.cap_left

    @property
    def within_limit(self) -> bool:
        """Whether the limit of the KYC tier allows it."""
        return self.limit_left is None or self.weight <= self.limit_left


def payment_id(person: PersonId, key: str) -> PaymentId:
    """Return the id of what ``person`` buys under the idempotency key ``key``: the same each time."""
    return PaymentId(str(uuid.uuid5(_NAMESPACE, f"{person}/{key}")))
