"""What is due later."""

from kit import due
from payments.model.due import DueKind

DueRows = due.DueRows[DueKind]
