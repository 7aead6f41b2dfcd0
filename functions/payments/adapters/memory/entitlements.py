"""What people may use, and what is due later, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit.events import Event
from payments.model.entitlement import Cause, Entitlement, Standing, standing
from payments.model.ledger import PersonId
from payments.ports.entitlements import Tell


@dataclass
class MemoryEntitlements:
    """See :class:`payments.ports.entitlements.Entitlements`; ``told`` is what was told, in order."""

    facts: dict[Cause, Entitlement] = field(default_factory=dict)
    standings: dict[PersonId, tuple[int, Standing]] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)

    def find(self, cause: Cause) -> Entitlement | None:
        """Look it up."""
        return self.facts.get(cause)

    def of(self, person: PersonId) -> list[Entitlement]:
        """Search."""
        found = (one for one in self.facts.values() if one.person == person)
        return sorted(found, key=lambda one: one.cause)

    def change(self, person: PersonId, facts: Sequence[Entitlement], at: datetime, tell: Tell) -> Standing:
        """Put, fold, tell."""
        for one in facts:
            known = self.facts.get(one.cause)
            if known is None or known.person == one.person:
                self.facts[one.cause] = one
        version, told = self.standings.get(person, (0, Standing()))
        now = standing(self.of(person), at)
        if now != told:
            self.standings[person] = (version + 1, now)
            self.told.append(tell(now, version + 1))
        return now
