"""Do what is due. A row is dropped after its work; what fails keeps its lease and comes again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic

from kit import clock, telemetry
from kit.due import DueRow, DueRows, K

BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Upkeep(Generic[K]):
    """``works`` says who does which kind of row: idempotent work, for a row may come twice."""

    due: DueRows[K]
    works: Mapping[K, Callable[[DueRow[K]], None]]
    now: Callable[[], datetime] = clock.now

    def run(self) -> int:
        """Do a batch; return how many rows were done."""
        done = 0
        for row in self.due.take(self.now(), BATCH):
            try:
                self.works[row.kind](row)
            except Exception as error:  # noqa: BLE001 - the edge of a row: its defect must not hold up the others
                telemetry.failure("a due row failed", error, kind=row.kind, subject=row.subject)
                telemetry.count("DueRowsFailed", kind=row.kind)
            else:
                self.due.done(row)
                done += 1
        return done
