"""What payments have to do at a time that a workflow should not wait for."""

from typing import Literal

from kit import due

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
DueRow = due.DueRow[DueKind]
