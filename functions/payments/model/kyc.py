"""What KYC told of a person: how well they are known, and until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from payments.model.entitlement import Kyc
from payments.model.ledger import PersonId

Tier = Literal["none", "basic", "standard", "unlimited"]
TIERS: Final[tuple[Tier, ...]] = ("none", "basic", "standard", "unlimited")
VOUCHED: Final[Tier] = "standard"
"""What somebody has of whom KYC told nothing, where a setting of a laptop vouches for everybody (ADR 250)."""


@dataclass(frozen=True, slots=True)
class KycFact:
    """``version`` is that of the person's standing: a lower one is older."""

    person: PersonId
    tier: Tier
    valid_until: datetime | None
    version: int
    changed_at: datetime

    def tier_at(self, at: datetime) -> Tier:
        """Return the tier that holds at ``at``: one whose time is over counts as none."""
        over = self.valid_until is not None and self.valid_until <= at
        return "none" if over else self.tier

    def state(self, at: datetime) -> Kyc:
        """Return whether the client is known at ``at``: every tier suffices for research services."""
        return "awaited" if self.tier_at(at) == "none" else "verified"


def tier_without_fact(otherwise: Kyc) -> Tier:
    """Return the tier of somebody of whom nothing was told, where ``otherwise`` holds."""
    return "none" if otherwise == "awaited" else VOUCHED
