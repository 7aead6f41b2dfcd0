"""What KYC has to do about an application at a time that a workflow should not wait for."""

from typing import Literal

from kit import due

DueKind = Literal["kyc.drive", "kyc.tell", "kyc.expire", "kyc.forget"]
"""Go on with the workflow; write a letter; end what its time has passed; forget what the law lets go."""
DueRow = due.DueRow[DueKind]
