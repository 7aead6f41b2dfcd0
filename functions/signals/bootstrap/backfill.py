"""The backfill: a recorded tape to the store of candles."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kit import settings
from signals.adapters.files import RecordedTape
from signals.adapters.postgres import PostgresTapePositions
from signals.bootstrap import stores
from signals.service.admitting import Admission
from signals.service.backfilling import Backfilling


@dataclass(frozen=True, slots=True)
class BackfillSettings:
    """``tape_path`` is the folder of ``<tape>.csv.gz`` files."""

    tape_path: str


@cache
def backfilling(tape: str) -> Backfilling:
    """Return the use case for one tape; an absent one raises ``FileNotFoundError`` when it is read."""
    folder = Path(settings.load(BackfillSettings).tape_path)
    return Backfilling(
        feed=RecordedTape(folder / f"{tape}.csv.gz", stores.reference()),
        positions=PostgresTapePositions(stores.database()),
        admission=Admission(stores.candles(), stores.ledger(), stores.reference()),
        policies=stores.rules(),
    )
