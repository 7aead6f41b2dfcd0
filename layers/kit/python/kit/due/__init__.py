"""Due rows: what has to happen at a time that a workflow should not wait for. One table ``due`` a domain.

``kit.due.postgres`` and ``kit.due.memory`` keep them, ``kit.due.upkeep`` does them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar

K = TypeVar("K", bound=str)
"""The kinds of a domain's rows: a ``Literal``."""
LEASE: Final = timedelta(minutes=1)
"""So long whoever took a row has for its work; then it comes again."""


@dataclass(frozen=True, slots=True)
class DueRow(Generic[K]):
    """``kind`` is to be done about ``subject`` from ``due_at`` on; one row a kind and subject."""

    kind: K
    subject: str
    due_at: datetime
    attempt: int = 0


class DueRows(Protocol[K]):
    """One row a kind and subject. Whoever takes it does the work, then drops it; else it comes again."""

    def plan(self, kind: K, subject: str, due_at: datetime) -> None:
        """Put the row at ``due_at``, whatever stood there; nobody has it."""

    def drop(self, kind: K, subject: str) -> None:
        """Take the row away, if it is there."""

    def take(self, now: datetime, limit: int) -> list[DueRow[K]]:
        """Lease up to ``limit`` rows that are due, the longest due first, each to one caller for a minute.

        ``attempt`` counts the leases: 1 the first time.
        """

    def done(self, row: DueRow[K]) -> None:
        """Drop the row, unless it was planned anew since it was taken."""
