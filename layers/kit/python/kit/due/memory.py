"""Due rows in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic

from kit.due import LEASE, DueRow, K


@dataclass
class MemoryDueRows(Generic[K]):
    """See :class:`kit.due.DueRows`."""

    rows: dict[tuple[K, str], DueRow[K]] = field(default_factory=dict)
    taken: dict[tuple[K, str], datetime] = field(default_factory=dict)

    def plan(self, kind: K, subject: str, due_at: datetime) -> None:
        """Replace."""
        self.rows[kind, subject] = DueRow(kind, subject, due_at)
        self.taken.pop((kind, subject), None)

    def drop(self, kind: K, subject: str) -> None:
        """Delete."""
        self.rows.pop((kind, subject), None)
        self.taken.pop((kind, subject), None)

    def take(self, now: datetime, limit: int) -> list[DueRow[K]]:
        """Lease."""
        ready = [
            key
            for key, row in self.rows.items()
            if row.due_at <= now and (key not in self.taken or self.taken[key] <= now)
        ]
        found = sorted(ready, key=lambda key: self.rows[key].due_at)[:limit]
        for key in found:
            self.rows[key] = replace(self.rows[key], attempt=self.rows[key].attempt + 1)
            self.taken[key] = now + LEASE
        return [self.rows[key] for key in found]

    def done(self, row: DueRow[K]) -> None:
        """Delete what was not planned anew."""
        known = self.rows.get((row.kind, row.subject))
        if known is not None and known.due_at == row.due_at and (row.kind, row.subject) in self.taken:
            self.drop(row.kind, row.subject)
