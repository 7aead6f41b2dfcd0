"""A refund is started by its event, and driven again by the schedule until it has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock, telemetry
from payments.model.due import DueRow
from payments.model.refund import RefundId
from payments.ports.due import DueRows
from payments.ports.refunds import Refunds, RefundWorkflow
from payments.service.refunding.deciding import PATIENCE

STUCK_AFTER: Final = timedelta(minutes=10)
_LONGEST: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Driving:
    """The plain name is tried first: an execution lost in a restart left it free."""

    refunds: Refunds
    workflow: RefundWorkflow
    due: DueRows
    now: Callable[[], datetime] = clock.now

    def begin(self, refund_id: RefundId) -> bool:
        """Start the workflow of an approved refund; False when it runs or ran already."""
        return self.workflow.start(refund_id)

    def again(self, row: DueRow) -> None:
        """Start it again unless it has ended; look after it again later, the less often the older it is.

        It is given up by nobody: what is stuck for long raises the metric of an alarm at each look.
        """
        one = self.refunds.find(RefundId(row.subject))
        if one is None or one.next_step is None:
            return
        now = self.now()
        since = one.steps[-1].at if one.steps else one.decided_at or one.requested_at
        stuck = now - since
        if stuck > STUCK_AFTER:
            telemetry.count("RefundsStuck", 1)
            telemetry.warning("a refund is stuck", refund=one.id, step=one.next_step)
        self.due.plan("refund.drive", one.id, now + min(_LONGEST, max(PATIENCE, stuck / 2)))
        if not self.workflow.start(one.id):
            self.workflow.start(one.id, str(int(row.due_at.timestamp())))
