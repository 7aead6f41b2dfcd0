"""What people may use, and what is due later, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from kit.events import Event
from payments.model.due import DueKind, DueRow
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


@dataclass
class MemoryDueRows:
    """See :class:`payments.ports.due.DueRows`."""

    rows: dict[tuple[DueKind, str], DueRow] = field(default_factory=dict)
    taken: dict[tuple[DueKind, str], datetime] = field(default_factory=dict)

    def plan(self, kind: DueKind, subject: str, due_at: datetime) -> None:
        """Replace."""
        self.rows[kind, subject] = DueRow(kind, subject, due_at)
        self.taken.pop((kind, subject), None)

    def drop(self, kind: DueKind, subject: str) -> None:
        """Delete."""
        self.rows.pop((kind, subject), None)
        self.taken.pop((kind, subject), None)

    def take(self, now: datetime, limit: int) -> list[DueRow]:
        """Lease."""
        ready = [
            key
            for key, row in self.rows.items()
            if row.due_at <= now and (key not in self.taken or self.taken[key] <= now)
        ]
        found = sorted(ready, key=lambda key: self.rows[key].due_at)[:limit]
        for key in found:
            self.rows[key] = replace(self.rows[key], attempt=self.rows[key].attempt + 1)
            self.taken[key] = now + timedelta(minutes=1)
        return [self.rows[key] for key in found]

    def done(self, row: DueRow) -> None:
        """Delete what was not planned anew."""
        known = self.rows.get((row.kind, row.subject))
        if known is not None and known.due_at == row.due_at and (row.kind, row.subject) in self.taken:
            self.drop(row.kind, row.subject)
