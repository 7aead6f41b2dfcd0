"""What is started, told and planned."""

from typing import Protocol

from kit import due
from kyc.model.application import Application, ApplicationId
from kyc.model.due import DueKind


class Workflow(Protocol):
    """The state machine that sequences the checks."""

    def start(self, application_id: ApplicationId, round_: int, attempt: str = "") -> bool:
        """Start it under the names given; False when that name exists already. Raises ``Retryable``."""


class Letters(Protocol):
    """Tells the applicant. Not for use inside a transaction; a letter may come twice, never not at all."""

    def tell(self, application: Application, to: str) -> None:
        """Write to ``to`` what became of ``application``. Raises ``Retryable``."""


DueRows = due.DueRows[DueKind]
