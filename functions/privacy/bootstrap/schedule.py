"""The schedule: who does what is due."""

from functools import cache

from kit.due.upkeep import Upkeep
from privacy.bootstrap.stores import due, erasing, exporting
from privacy.model.due import DueKind, DueRow
from privacy.model.erasure import ErasureId
from privacy.model.export import ExportId


@cache
def upkeep() -> Upkeep[DueKind]:
    """Return what does the due rows."""
    return Upkeep(
        due(),
        {
            "export.pack": lambda row: exporting().pack(ExportId(row.subject)),
            "export.late": lambda row: exporting().late(ExportId(row.subject)),
            "export.forget": lambda row: exporting().forget(ExportId(row.subject)),
            "erasure.due": lambda row: erasing().begin(ErasureId(row.subject)),
            "erasure.late": lambda row: erasing().late(ErasureId(row.subject)),
            "erasure.key": _destroy_key,
        },
    )


def _destroy_key(row: DueRow) -> None:
    erasing().destroy_key(ErasureId(row.subject))
