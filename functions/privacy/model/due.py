"""What has to happen later."""

from typing import Literal

from kit.due import DueRow as Row
from kit.due import DueRows as Rows

DueKind = Literal["export.pack", "export.late", "export.forget", "erasure.due", "erasure.late", "erasure.key"]
DueRow = Row[DueKind]
DueRows = Rows[DueKind]
