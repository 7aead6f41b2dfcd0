"""A submitted application is started by its event, and again by the schedule until the checks are over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock, telemetry
from kyc.model.application import ApplicationId
from kyc.model.due import DueRow
from kyc.ports.applications import Applications
from kyc.ports.outgoing import DueRows, Workflow
from kyc.service.outcomes import PATIENCE

STUCK_AFTER: Final = timedelta(minutes=10)
_LONGEST: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Driving:
    """The plain name is tried first: an execution lost in a restart left it free."""

    applications: Applications
    workflow: Workflow
    due: DueRows
    now: Callable[[], datetime] = clock.now

    def begin(self, application_id: ApplicationId, round_: int) -> bool:
        """Start the workflow of a submission; False when it runs or ran already."""
        return self.workflow.start(application_id, round_)

    def again(self, row: DueRow) -> None:
        """Start it again unless the checks are over; look after it again later, the less often the older."""
        one = self.applications.find(ApplicationId(row.subject))
        if one is None or one.next_step in {None, "tell"}:
            return
        now = self.now()
        stuck = now - (one.steps[-1].at if one.steps else one.changed_at)
        if stuck > STUCK_AFTER:
            telemetry.count("KycStuck", 1)
            telemetry.warning("an application is stuck", application=one.id, step=one.next_step)
        self.due.plan("kyc.drive", one.id, now + min(_LONGEST, max(PATIENCE, stuck / 2)))
        if not self.workflow.start(one.id, one.round):
            self.workflow.start(one.id, one.round, str(int(row.due_at.timestamp())))
