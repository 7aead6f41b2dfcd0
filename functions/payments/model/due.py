"""Due rows: what has to happen at a time that a workflow should not wait for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DueKind = Literal[
    "entitlement.refresh",
    "payment.lapse",
    "subscription.notice",
    "subscription.retry",
    "subscription.downgrade",
    "refund.drive",
    "dispute.end",
    "invoice.issue",
]


@dataclass(frozen=True, slots=True)
class DueRow:
    """``kind`` is to be done about ``subject`` from ``due_at`` on; one row a kind and subject."""

    kind: DueKind
    subject: str
    due_at: datetime
    attempt: int = 0
