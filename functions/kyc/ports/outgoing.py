"""What is started, told and planned."""

from datetime import datetime
from typing import Protocol

from kyc.model.application import Application, ApplicationId
from kyc.model.due import DueKind, DueRow


class Workflow(Protocol):
    """The state machine that sequences the checks."""

    def start(self, application_id: ApplicationId, round_: int, attempt: str = "") -> bool:
        """Start it under the names given; False when that name exists already. Raises ``Retryable``."""


class Letters(Protocol):
    """Tells the applicant. Not for use inside a transaction; a letter may come twice, never not at all."""

    def tell(self, application: Application, to: str) -> None:
        """Write to ``to`` what became of ``application``. Raises ``Retryable``."""


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
