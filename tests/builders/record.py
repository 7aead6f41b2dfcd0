"""A world with its track record: promises published, ended, voided; read as the public reads them."""

import csv
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from builders.signals import World, candle, told
from signals.model.market import Candle
from signals.model.signal import AnalystId, Signal
from signals.ports import TrackRecord
from signals.schemas.proofs import proof_view
from signals.service.publication import Publication
from signals.service.reading import Reading
from signals.service.voiding import Voiding

HOUSE = AnalystId("treum-house")
SYMBOLS = ("AAPL", "EURUSD", "GOOG", "MSFT")
Proofs = list[dict[str, Any]]


@dataclass
class Record:
    """The use cases of the record over one world, on memory unless ``track`` is given."""

    world: World = field(default_factory=World)

    @property
    def track(self) -> TrackRecord:
        """The record; a test on a real store replaces that of its world."""
        return self.world.track

    @track.setter
    def track(self, other: TrackRecord) -> None:
        self.world.track = other

    @property
    def reading(self) -> Reading:
        """The read side."""
        return Reading(self.world.book, self.track, self.world.vault, self.world.now)

    @property
    def voiding(self) -> Voiding:
        """The end of what was never published."""
        return Voiding(self.world.book, self.track, self.world.candles, self.world.now)

    def committed(self, **terms: Any) -> Signal:
        """Take a draft up to its commitment, short of its publication."""
        made = self.world.drafted(**terms)
        for step in (Publication.screen, Publication.comply, Publication.approve, Publication.commit):
            step(self.world.publication, made.id)
        found = self.world.book.find(made.id)
        assert found is not None
        return found

    def live(self, **terms: Any) -> Signal:
        """Publish a signal that screening did not look at, such as one of many on one instrument."""
        made = self.world.drafted(**terms)
        self.world.book.save(made.to("approved"), told(made))
        self.world.publication.commit(made.id)
        self.world.publication.publish(made.id)
        found = self.world.book.find(made.id)
        assert found is not None
        return found

    def export(self) -> Proofs:
        """Return the house analyst's whole record as the export gives it."""
        found = self.reading.commitments_of(HOUSE, 0, 1000)
        return [proof_view(one).model_dump(mode="json") for one in found]


def lived() -> Record:
    """Return four promises: AAPL hits its target, EURUSD is voided, GOOG is stopped, MSFT lives on."""
    made = Record()
    world = made.world
    for symbol in SYMBOLS:
        if symbol == "EURUSD":
            voided = made.committed(symbol=symbol)
        else:
            world.published(symbol=symbol)
        world.at += timedelta(seconds=5)
    made.voiding.void(voided.id, "OUTAGE", by="person")
    world.take(candles())
    return made


def candles() -> list[Candle]:
    """Return what the market did after: AAPL rose through 110, GOOG fell through 95, EURUSD fell later."""
    days = {
        "AAPL": (99, 104, 103, 111),
        "GOOG": (98, 102, 94, 99),
        "EURUSD": (98, 101, 93, 97),
        "MSFT": (97, 103, 98, 104),
    }
    found: list[Candle] = []
    for symbol, (low, high, lower, higher) in days.items():
        found += [
            replace(candle(1, low, high), symbol=symbol),
            replace(candle(2, lower, higher), symbol=symbol),
        ]
    return found


def written(folder: Path, tape: list[Candle]) -> str:
    """Return ``1d=…`` for a file with ``tape`` in the form of the recorded ones."""
    path = folder / "candles.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["symbol", "ts", "open", "high", "low", "close", "volume"])
        for one in tape:
            rows.writerow([one.symbol, one.closed_at.isoformat(), one.open, one.high, one.low, one.close, 1])
    return f"1d={path}"
