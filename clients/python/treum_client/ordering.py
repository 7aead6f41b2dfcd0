"""Order, duplicates and holes of one channel. Pure: frames in, deliverable events out."""

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """Offsets ``first`` to ``last`` cannot be had any more; ``snapshot`` is where the present state is."""

    channel: str
    first: int
    last: int
    snapshot: str


@dataclass(slots=True)
class Position:
    """Where a client stands on a channel. ``following`` is the next offset it will deliver."""

    channel: str
    epoch: str | None = None
    following: int = 0
    exact: bool = True
    duplicates: int = 0
    held: dict[int, Frame] = field(default_factory=dict)

    def since(self) -> dict[str, Any] | None:
        """Return where to resume; None before the first answer of the server."""
        return {"epoch": self.epoch, "offset": self.following - 1} if self.epoch is not None else None

    def subscribed(self, frame: Frame) -> list[Frame]:
        """Take the server's answer to a subscribe; return events that waited for it."""
        self.exact = "epoch" in frame
        if not self.exact:
            return []
        if self.epoch is None or not frame["recovered"]:
            # the first time, or what was missed is told by a gap frame: what comes next is what counts
            self.epoch, self.following = frame["epoch"], frame["offset"] + 1
        return self._ready()

    def event(self, frame: Frame) -> list[Frame]:
        """Take an event; return what can be delivered now, in order: nothing for a duplicate or a hole."""
        offset: int = frame["offset"]
        known = self.epoch is not None or not self.exact
        if (known and offset < self.following) or offset in self.held:
            self.duplicates += 1
            return []
        if not self.exact:
            self.following = offset + 1  # only the newest counts
            return [frame]
        self.held[offset] = frame
        return self._ready() if self.epoch is not None else []

    def behind(self, head: int) -> bool:
        """Whether the server's head shows that something is missing here."""
        return self.epoch is not None and self.exact and head >= self.following

    @property
    def waiting(self) -> bool:
        """Whether events wait behind a hole."""
        return bool(self.held) and self.epoch is not None

    def _ready(self) -> list[Frame]:
        for offset in [offset for offset in self.held if offset < self.following]:
            del self.held[offset]
        found: list[Frame] = []
        while self.following in self.held:
            found.append(self.held.pop(self.following))
            self.following += 1
        return found
