"""What staff look at: entries, where the tree stands, what the last verification found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from audit.errors import EntryUnknown
from audit.model.checkpoint import Checkpoint
from audit.model.entry import Entry, EntryId
from audit.model.upkeep import Verification
from audit.ports import CheckpointTree, EventLog, SearchQuery, Verifications
from kit.audit import NETWORK
from kit.events.audit_events import ActionPerformed
from kit.sealing import Erased, SealBroken

OpenSealed = Callable[[str, str, str], str]
"""``kit.sealing.Sealer.open``: subject, field, sealed text."""


@dataclass(frozen=True, slots=True)
class Network:
    """Where an action came from: opened, or why it does not open any more."""

    state: Literal["open", "erased", "broken"]
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest checkpoint, the entries of each topic and of all, and how the last verification went."""

    newest: Checkpoint | None
    counts: Mapping[str, int]
    entries: int
    covered: int
    conflicts: int
    verification: Verification | None
    difference: Verification | None


class _Deed(msgspec.Struct):
    actor: str
    network: str | None = None


class _Event(msgspec.Struct):
    data: _Deed


_deed = msgspec.json.Decoder(_Event)


@dataclass(frozen=True, slots=True)
class Showing:
    """Reads; opens what is sealed for whoever may see it."""

    log: EventLog
    tree: CheckpointTree
    verifications: Verifications
    open_sealed: OpenSealed

    def search(self, query: SearchQuery) -> list[Entry]:
        """Return what ``query`` asks, the newest first."""
        return self.log.search(query)

    def entry(self, entry_id: EntryId) -> tuple[Entry, Network | None]:
        """Return an entry and, of a privileged action, where it came from. Raises ``EntryUnknown``."""
        found = self.log.find(entry_id)
        if found is None:
            raise EntryUnknown
        return found, self._network(found)

    def standing(self) -> Standing:
        """Return how things stand."""
        newest, counts = self.tree.newest(), self.log.counts()
        return Standing(
            newest=newest,
            counts=counts,
            entries=sum(counts.values()),
            covered=sum(one.length for one in newest.ends) if newest else 0,
            conflicts=self.log.conflicts(),
            verification=self.verifications.newest(),
            difference=self.verifications.newest_difference(),
        )

    def _network(self, entry: Entry) -> Network | None:
        if entry.facts.type != ActionPerformed.TYPE or entry.value is None:
            return None
        try:
            deed = _deed.decode(entry.value).data
        except msgspec.MsgspecError:
            return None
        if deed.network is None:
            return None
        try:
            return Network("open", self.open_sealed(deed.actor, NETWORK, deed.network))
        except Erased:
            return Network("erased")
        except SealBroken:
            return Network("broken")
