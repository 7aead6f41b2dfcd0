"""Revisions and signing accounts in memory."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from kit.events import Event
from signals.errors import RevisionPending
from signals.model.signal import AnalystId, Revision, Signal, SignalId
from signals.ports import SignalBook

_OPEN = {"proposed", "approved"}


class MemoryRevisionBook:
    """Revisions beside the ``book`` whose signals they change."""

    def __init__(self, book: SignalBook) -> None:
        self._book = book
        self._kept: dict[SignalId, list[Revision]] = {}
        self._driven: dict[tuple[SignalId, int], tuple[datetime, int]] = {}

    def propose(self, signal_id: SignalId, revision: Revision) -> Revision:
        """Add the next number."""
        known = self._kept.setdefault(signal_id, [])
        if any(one.state in _OPEN for one in known):
            raise RevisionPending
        known.append(replace(revision, number=len(known) + 1))
        self._driven[signal_id, len(known)] = (revision.made_at, 0)
        return known[-1]

    def of(self, signal_id: SignalId) -> list[Revision]:
        """Return them in order."""
        return list(self._kept.get(signal_id, ()))

    def settle(
        self, signal_id: SignalId, number: int, state: Literal["approved", "declined", "lapsed"], by: str
    ) -> bool:
        """Move an open one."""
        known = self._kept.get(signal_id, [])
        if not 0 < number <= len(known):
            return False
        before = known[number - 1]
        if before.state != "proposed" and (before.state, state) != ("approved", "lapsed"):
            return False
        known[number - 1] = replace(before, state=state, decided_by=by)
        return True

    def publish(self, signal: Signal, event: Event[Any]) -> None:
        """Save the signal, then replace the revision."""
        newest = signal.revisions[-1]
        self._book.save(signal, event)
        self._kept[signal.id][newest.number - 1] = newest

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int, int]]:
        """Claim what nobody drove lately."""
        taken: list[tuple[SignalId, int, int]] = []
        for (signal_id, number), (driven_at, attempts) in list(self._driven.items()):
            approved = self._kept[signal_id][number - 1].state == "approved"
            if approved and driven_at < before and len(taken) < limit:
                self._driven[signal_id, number] = (now, attempts + 1)
                taken.append((signal_id, number, attempts + 1))
        return taken


class MemorySigners:
    """Accounts that sign."""

    def __init__(self) -> None:
        self._analysts: dict[str, AnalystId] = {}

    def analyst_of(self, user: str) -> AnalystId | None:
        """Return the analyst."""
        return self._analysts.get(user)

    def assign(self, analyst: AnalystId, user: str, *, by: str, at: datetime) -> None:  # noqa: ARG002 - kept by the real one
        """Replace what either of them had."""
        self._analysts = {one: of for one, of in self._analysts.items() if of != analyst}
        self._analysts[user] = analyst
