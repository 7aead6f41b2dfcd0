"""Facts of KYC: kept, and what was paid for but waited for them is given."""

from dataclasses import dataclass, replace

from payments.model.kyc import KycFact
from payments.ports.entitlements import Entitlements
from payments.ports.payments import KycBook, Together
from payments.service.entitling import Entitling


@dataclass(frozen=True, slots=True)
class Knowing:
    """What somebody has already stays theirs when their tier ends: only what is bought next is refused."""

    book: KycBook
    entitlements: Entitlements
    entitling: Entitling
    together: Together

    def follow(self, fact: KycFact) -> None:
        """Take over ``fact``; an older one changes nothing."""
        with self.together():
            if not self.book.put(fact) or fact.state(fact.changed_at) != "verified":
                return
            for one in self.entitlements.of(fact.person):
                if one.kyc == "awaited":
                    self.entitling.grant(replace(one, kyc="verified"))
