"""What the schedule drives: executions that a crash lost, and what waits for a person in vain."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit import clock
from signals.ports import PublicationWorkflow, RevisionBook, SignalBook
from signals.service.approval import Approval

BATCH = 50
LOOKED_AT = 200
"""How many that wait are held against the market in one call: what is left comes first in the next."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many workflows started again; of those that wait, how many were overtaken, escalated, ran out."""

    started: int
    overtaken: int
    escalated: int
    expired: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """Starting again what stands still, and ending what waits in vain."""

    book: SignalBook
    revisions: RevisionBook
    workflow: PublicationWorkflow
    approval: Approval
    patience: timedelta
    now: Callable[[], datetime] = clock.now

    def resume(self) -> Recovered:
        """Start again what did not finish within ``patience``; end what waits and is overtaken, or overdue.

        The plain name is tried first (an execution lost in a restart left it free); where it is taken, the
        attempt's number makes a new one. Two executions of one signal do no harm: every task is idempotent.
        """
        now = self.now()
        stuck = self.book.take_stuck(now - self.patience, now, BATCH)
        started = sum(
            self.workflow.start(signal_id) or self.workflow.start(signal_id, str(attempt))
            for signal_id, attempt in stuck
        )
        for signal_id, number, attempt in self.revisions.take_stuck(now - self.patience, now, BATCH):
            started += self.workflow.start(signal_id, f"revision-{number}-{attempt}")
        overtaken = self.approval.end_overtaken(LOOKED_AT)
        return Recovered(started, overtaken, *self.approval.end_overdue(BATCH))
