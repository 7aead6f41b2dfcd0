"""Reading signals and their proofs; what each reader may see is ``model.access``'s word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from signals.errors import SignalNotFound
from signals.model.access import Access
from signals.model.commitment import Commitment
from signals.model.signal import CLOSED, AnalystId, Decision, Signal, SignalId, Status
from signals.ports import CommitmentLog, SignalBook, SignalQuery, Vault


@dataclass(frozen=True, slots=True)
class Proof:
    """A commitment and the signal it promised; ``revealed`` tells whether payload and nonce may be shown."""

    commitment: Commitment
    signal: Signal
    address: str
    revealed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The read side of signals."""

    book: SignalBook
    commitments: CommitmentLog
    vault: Vault
    now: Callable[[], datetime] = clock.now

    def list_signals(
        self,
        access: Access,
        limit: int,
        *,
        statuses: tuple[Status, ...] = (),
        symbol: str | None = None,
        after: tuple[datetime, SignalId] | None = None,
    ) -> list[Signal]:
        """Return up to ``limit`` signals that ``access`` allows, newest first."""
        return self.book.page(SignalQuery(access, self.now(), limit, statuses, symbol, after))

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
        found = self.commitments.find(signal_id)
        if found is None:
            raise SignalNotFound
        return Proof(found, signal, self.vault.address(found.key), revealed=signal.published_at is not None)

    def commitments_of(self, analyst: AnalystId, after: int, limit: int) -> list[Proof]:
        """Return the public record of ``analyst`` from number ``after`` + 1 on; only closed ones revealed."""
        proofs = []
        for found in self.commitments.page(analyst, after, limit):
            signal = self.book.find(found.sealed.signal_id)
            assert signal is not None, "a commitment refers to its signal by a foreign key"
            address = self.vault.address(found.key)
            proofs.append(Proof(found, signal, address, revealed=signal.status in CLOSED))
        return proofs

    def counts(self) -> Mapping[Status, int]:
        """Return how many signals are in each status."""
        return self.book.counts()
