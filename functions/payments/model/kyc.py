"""What KYC told of a person: how well they are known, and until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from payments.model.entitlement import Kyc
from payments.model.ledger import PersonId

Tier = Literal["none", "basic", "standard", "unlimited"]


@dataclass(frozen=True, slots=True)
class KycFact:
    """``version`` is that of the person's standing: a lower one is older."""

    person: PersonId
    tier: Tier
    valid_until: datetime | None
    version: int
    changed_at: datetime

    def state(self, at: datetime) -> Kyc:
        """Return whether the client is known at ``at``: every tier suffices for research services."""
        over = self.valid_until is not None and self.valid_until <= at
        return "awaited" if self.tier == "none" or over else "verified"
