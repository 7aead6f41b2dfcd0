"""Drive what a crash left: executions live outside our database, so the database drives them again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit import clock
from signals.model.signal import SignalId
from signals.ports import PublicationWorkflow, RevisionBook, SignalBook
from signals.service.approval import Approval

BATCH = 50


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many workflows were started again, how many approvals escalated, and how many ran out."""

    started: int
    escalated: int
    expired: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """Starting a workflow, first by its event and later by the schedule."""

    book: SignalBook
    revisions: RevisionBook
    workflow: PublicationWorkflow
    approval: Approval
    patience: timedelta
    now: Callable[[], datetime] = clock.now

    def begin(self, signal_id: SignalId) -> bool:
        """Start the workflow of a new draft; False when it runs or ran already."""
        return self.workflow.start(signal_id)

    def resume(self) -> Recovered:
        """Start again what did not finish within ``patience``, and escalate or end overdue approvals.

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
        return Recovered(started, *self.approval.end_overdue(BATCH))
