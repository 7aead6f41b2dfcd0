"""Reading signals and their proofs; what each reader may see is ``model.access``'s word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from signals.errors import AnalystNotFound, SignalNotFound
from signals.model.access import Access
from signals.model.commitment import Head
from signals.model.record import Entry
from signals.model.signal import AnalystId, Decision, Signal, SignalId, Status
from signals.ports import SignalBook, SignalQuery, TrackRecord, Vault


@dataclass(frozen=True, slots=True)
class Proof:
    """A number of the record; ``revealed`` tells whether payload and nonce may be shown to this reader."""

    entry: Entry
    address: str
    revealed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The read side of signals."""

    book: SignalBook
    record: TrackRecord
    vault: Vault
    now: Callable[[], datetime] = clock.now

    def list_signals(self, query: SignalQuery) -> list[Signal]:
        """Return the signals that ``query`` asks for and its access allows, newest first."""
        return self.book.page(query)

    def signal(self, access: Access, signal_id: SignalId) -> Signal:
        """Return one signal. Raises :class:`SignalNotFound` where absent or not (yet) this reader's."""
        found = self.book.find(signal_id)
        if found is None or not access.allows(found, self.now()):
            raise SignalNotFound
        return found

    def decisions(self, signal_id: SignalId) -> list[Decision]:
        """Return the gate's decisions about a signal; staff's to read."""
        return self.book.decisions(signal_id)

    def proof(self, access: Access, signal_id: SignalId) -> Proof:
        """Return the proof of a published signal, revealed: whoever may see the signal holds its terms."""
        signal = self.signal(access, signal_id)
        found = self.record.find(signal_id)
        if found is None:
            raise SignalNotFound
        return self._proof(found, revealed=found.revealed or signal.published_at is not None)

    def entry(self, signal_id: SignalId) -> Proof:
        """Return a signal's number as the public sees it. Raises :class:`SignalNotFound`."""
        found = self.record.find(signal_id)
        if found is None:
            raise SignalNotFound
        return self._proof(found, revealed=found.revealed)

    def commitments_of(self, analyst: AnalystId, after: int, limit: int) -> list[Proof]:
        """Return the public record of ``analyst`` from number ``after`` + 1 on; only ended ones revealed."""
        entries = self.record.entries(analyst, after, limit)
        return [self._proof(one, revealed=one.revealed) for one in entries]

    def head(self, analyst: AnalystId) -> Head:
        """Return the newest number and its digest. Raises :class:`AnalystNotFound` for who never promised."""
        found = self.record.head(analyst)
        if found is None:
            raise AnalystNotFound
        return found

    def counts(self) -> Mapping[Status, int]:
        """Return how many signals are in each status."""
        return self.book.counts()

    def _proof(self, entry: Entry, *, revealed: bool) -> Proof:
        return Proof(entry, self.vault.address(entry.commitment.key), revealed)
