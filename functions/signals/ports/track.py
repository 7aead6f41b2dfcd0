"""Port of the track record: what became of each number."""

from typing import Any, Protocol

from kit.events import Event
from signals.model.commitment import Head
from signals.model.record import Entry, Void
from signals.model.signal import AnalystId, Decision, Signal, SignalId


class TrackRecord(Protocol):
    """Every number of an analyst with its signal and its void."""

    def head(self, analyst: AnalystId) -> Head | None:
        """Return the newest number and the digest that pins all before; None for who never promised."""

    def entries(self, analyst: AnalystId, after: int, limit: int) -> list[Entry]:
        """Return entries with a number above ``after``, in order."""

    def find(self, signal_id: SignalId) -> Entry | None:
        """Return the entry of a signal (not of a revision)."""

    def screen_out(self, signal: Signal, event: Event[Any], decision: Decision) -> None:
        """Replace version ``signal.version - 1`` as the book's ``save``, only while it has no number.

        Raises ``SignalChanged``: a number is never left open by a signal that is not published.
        """

    def void(self, signal: Signal, void: Void, event: Event[Any]) -> None:
        """Replace version ``signal.version - 1`` and keep ``void``, for ever. Raises ``SignalChanged``."""
