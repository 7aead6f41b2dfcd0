"""The event store: chains of entries, appended to and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit.model.entry import Appended, Chain, Entry, EntryId, Head, Incoming

Place = tuple[Chain, int]
"""An entry by its chain and index."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Which entries to list, the newest first. ``before`` is the (time, id) at which the last page ended.

    ``since`` (inclusive) and ``until`` (exclusive) bound the time of recording.
    """

    limit: int
    before: tuple[datetime, EntryId] | None = None
    topic: str | None = None
    type: str | None = None
    subject: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class EventLog(Protocol):
    """The chains."""

    def append(self, chain: Chain, records: Sequence[Incoming], at: datetime) -> Appended:
        """Append ``records``, whose offsets rise, behind the chain's last offset.

        What lies before that offset must be what the chain has there; what is not, and an event id that comes
        again with another content, is kept beside the chain and counted as conflicting.
        """

    def heads(self) -> list[Head]:
        """Return the end of every chain, by topic and partition."""

    def span(self, chain: Chain, after: int, at_most: int) -> list[Entry]:
        """Return the entries past the index ``after``, in order."""

    def find(self, entry_id: EntryId) -> Entry | None:
        """Return an entry by its id; of a repeated event the first."""

    def search(self, query: SearchQuery) -> list[Entry]:
        """Return what ``query`` asks, the newest first."""

    def hashes(self, places: Sequence[Place]) -> Mapping[Place, bytes]:
        """Return the hashes of those entries that exist."""

    def contents(self, event_ids: Sequence[str]) -> Mapping[str, bytes]:
        """Return the content of the first entry of each event."""

    def counts(self) -> Mapping[str, int]:
        """Return how many entries each topic has."""

    def conflicts(self) -> int:
        """Return how many records contradicted the store so far."""
