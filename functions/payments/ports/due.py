"""What is due later."""

from datetime import datetime
from typing import Protocol

from payments.model.due import DueKind, DueRow


class DueRows(Protocol):
    """One row a kind and subject. Whoever takes it does the work, then drops it; else it comes again."""

    def plan(self, kind: DueKind, subject: str, due_at: datetime) -> None:
        """Put the row at ``due_at``, whatever stood there; nobody has it."""

    def drop(self, kind: DueKind, subject: str) -> None:
        """Take the row away, if it is there."""

    def take(self, now: datetime, limit: int) -> list[DueRow]:
        """Lease up to ``limit`` rows that are due, the longest due first, each to one caller for a minute.

        ``attempt`` counts the leases: 1 the first time.
        """

    def done(self, row: DueRow) -> None:
        """Drop the row, unless it was planned anew since it was taken."""
