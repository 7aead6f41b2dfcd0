"""A world with its track record: promises published, ended, voided; read as the public reads them."""

from dataclasses import dataclass, field
from typing import Any

from builders.signals import World, told
from signals.adapters.memory.track import MemoryTrackRecord
from signals.model.signal import AnalystId, Signal
from signals.ports import TrackRecord
from signals.schemas.proofs import proof_view
from signals.service.publication import Publication
from signals.service.reading import Reading
from signals.service.voiding import Voiding

HOUSE = AnalystId("treum-house")
Proofs = list[dict[str, Any]]


@dataclass
class Record:
    """The use cases of the record over one world, on memory unless ``track`` is given."""

    world: World = field(default_factory=World)
    track: TrackRecord = field(init=False)

    def __post_init__(self) -> None:
        self.track = MemoryTrackRecord(self.world.book, self.world.commitments)

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
