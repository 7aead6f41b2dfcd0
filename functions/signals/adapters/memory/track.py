"""The track record in memory."""

from typing import Any

from kit.events import Event
from signals.errors import SignalChanged
from signals.model.commitment import Commitment, Head
from signals.model.record import Entry, Void
from signals.model.signal import AnalystId, Decision, Signal, SignalId
from signals.ports import CommitmentLog, SignalBook

_ENOUGH = 2**31 - 1


class MemoryTrackRecord:
    """The record over the ``book`` of signals and the ``log`` of commitments."""

    def __init__(self, book: SignalBook, log: CommitmentLog) -> None:
        self._book = book
        self._log = log
        self._voids: dict[SignalId, Void] = {}

    def head(self, analyst: AnalystId) -> Head | None:
        """Return the last number."""
        known = self._log.page(analyst, 0, _ENOUGH)
        return Head(known[-1].number, known[-1].link, known[-1].committed_at) if known else None

    def entries(self, analyst: AnalystId, after: int, limit: int) -> list[Entry]:
        """Return a page."""
        return [self._entry(one) for one in self._log.page(analyst, after, limit)]

    def find(self, signal_id: SignalId) -> Entry | None:
        """Return one entry."""
        found = self._log.find(signal_id)
        return self._entry(found) if found else None

    def screen_out(self, signal: Signal, event: Event[Any], decision: Decision) -> None:
        """Save what has no number."""
        if self._log.find(signal.id) is not None:
            raise SignalChanged
        self._book.save(signal, event, decision)

    def void(self, signal: Signal, void: Void, event: Event[Any]) -> None:
        """Save, keep."""
        self._book.save(signal, event)
        self._voids[void.signal_id] = void

    def _entry(self, commitment: Commitment) -> Entry:
        sealed = commitment.sealed
        signal = self._book.find(sealed.signal_id)
        assert signal is not None, "a commitment refers to its signal"
        return Entry(commitment, signal, None if sealed.revision else self._voids.get(sealed.signal_id))
