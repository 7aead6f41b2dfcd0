"""Due rows: what has to happen at a time that a workflow should not wait for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DueKind = Literal["kyc.drive", "kyc.tell", "kyc.expire", "kyc.forget"]
"""Go on with the workflow; write a letter; end what its time has passed; forget what the law lets go."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """``kind`` is to be done about the application ``subject`` from ``due_at`` on; one row of each."""

    kind: DueKind
    subject: str
    due_at: datetime
    attempt: int = 0
