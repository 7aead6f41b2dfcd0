"""Whether clients are known: one answer for everybody, for tests and for those nobody told anything of."""

from dataclasses import dataclass, field

from payments.model.entitlement import Kyc
from payments.model.kyc import Tier, tier_without_fact
from payments.model.ledger import PersonId


@dataclass(frozen=True, slots=True)
class SettledKyc:
    """See :class:`payments.ports.payments.KycFacts`: ``otherwise`` for all but those in ``known``."""

    otherwise: Kyc
    known: dict[PersonId, Kyc] = field(default_factory=dict)

    def of(self, person: PersonId) -> Kyc:
        """Look it up."""
        return self.known.get(person, self.otherwise)

    def tier(self, person: PersonId) -> Tier:
        """Derive it."""
        return tier_without_fact(self.of(person))
