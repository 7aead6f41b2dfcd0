"""What KYC told, in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from kit import clock
from payments.model.entitlement import Kyc
from payments.model.kyc import KycFact, Tier, tier_without_fact
from payments.model.ledger import PersonId


@dataclass
class MemoryKyc:
    """See :class:`payments.ports.payments.KycFacts` and ``KycBook``."""

    otherwise: Kyc
    now: Callable[[], datetime] = clock.now
    facts: dict[PersonId, KycFact] = field(default_factory=dict)

    def of(self, person: PersonId) -> Kyc:
        """Look it up."""
        fact = self.facts.get(person)
        return fact.state(self.now()) if fact else self.otherwise

    def tier(self, person: PersonId) -> Tier:
        """Look it up."""
        fact = self.facts.get(person)
        return fact.tier_at(self.now()) if fact else tier_without_fact(self.otherwise)

    def put(self, fact: KycFact) -> bool:
        """Keep the newest."""
        known = self.facts.get(fact.person)
        if known is not None and known.version >= fact.version:
            return False
        self.facts[fact.person] = fact
        return True
