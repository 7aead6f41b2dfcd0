"""Signals and commitments in memory."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from threading import Lock
from typing import Any

from kit.events import Event
from signals.errors import SignalChanged
from signals.model.commitment import Commitment, Head, Sealed
from signals.model.market import Timeframe
from signals.model.protection import Past
from signals.model.signal import WAITING, AnalystId, Decision, Signal, SignalId, Status
from signals.ports import SignalQuery, Waiting

_EQUAL = ("symbol", "timeframe", "strategy", "analyst", "side")


class MemorySignalBook:
    """Signals with their decisions; ``events`` is what the outbox would hold, in order."""

    def __init__(self) -> None:
        self.events: list[Event[Any]] = []
        self.deeds: list[Event[Any]] = []
        self._kept: dict[SignalId, Signal] = {}
        self._decisions: list[Decision] = []
        self._waiting: dict[SignalId, Waiting] = {}
        self._ranks: Counter[date] = Counter()
        self._driven: dict[SignalId, tuple[datetime, int]] = {}
        self._screening = Lock()

    def draft(self, signal: Signal, event: Event[Any]) -> bool:
        """Add once."""
        if signal.id in self._kept:
            return False
        self._kept[signal.id] = signal
        self._driven[signal.id] = (signal.drafted_at, 0)
        self.events.append(event)
        return True

    def find(self, signal_id: SignalId) -> Signal | None:
        """Return the signal."""
        return self._kept.get(signal_id)

    def find_all(self, signal_ids: Sequence[SignalId]) -> list[Signal]:
        """Return what there is of them."""
        return [self._kept[one] for one in dict.fromkeys(signal_ids) if one in self._kept]

    def page(self, query: SignalQuery) -> list[Signal]:
        """Filter, order, cut."""
        found = [one for one in self._kept.values() if _asked(one, query)]
        found.sort(key=_place, reverse=True)
        return [one for one in found if query.after is None or _place(one) < query.after][: query.limit]

    def related(self, symbol: str, timeframe: Timeframe, limit: int) -> list[Signal]:
        """Return what passed screening, newest candle first."""
        found = [
            one
            for one in self._kept.values()
            if (one.terms.symbol, one.terms.timeframe) == (symbol, timeframe) and self._passed(one)
        ]
        return sorted(found, key=lambda one: (one.terms.candle_at, one.id), reverse=True)[:limit]

    def recent(self, since: datetime, until: datetime) -> list[Past]:
        """Return what passed screening, oldest candle first."""
        found = [
            one for one in self._kept.values() if self._passed(one) and since < one.terms.candle_at <= until
        ]
        return [Past.of(one) for one in sorted(found, key=lambda one: (one.terms.candle_at, one.id))]

    def live(self, symbol: str, timeframe: Timeframe) -> list[Signal]:
        """Return what is live."""
        return [one for one in self.related(symbol, timeframe, len(self._kept)) if one.status == "live"]

    def save(
        self,
        signal: Signal,
        event: Event[Any],
        decision: Decision | None = None,
        deed: Event[Any] | None = None,
    ) -> None:
        """Replace the version before."""
        self._replace(signal)
        self.events.append(event)
        if deed is not None:
            self.deeds.append(deed)
        if decision is not None:
            self.record(decision)

    def publish(self, signal: Signal, day: date, event: Event[Any]) -> Signal:
        """Replace and rank."""
        ranked = replace(signal, day_rank=self._ranks[day] + 1)
        self.save(ranked, event)
        self._ranks[day] += 1
        return ranked

    def pass_screening(self, judge: Callable[[], Decision]) -> Decision:
        """Judge alone, keep."""
        with self._screening:
            decision = judge()
            if decision.passed:
                self.record(decision)
        return decision

    def record(self, decision: Decision) -> None:
        """Keep the first of each step."""
        if not any(one.step == decision.step for one in self.decisions(decision.signal_id)):
            self._decisions.append(decision)

    def decisions(self, signal_id: SignalId) -> list[Decision]:
        """Return them, oldest first."""
        return [one for one in self._decisions if one.signal_id == signal_id]

    def wait(self, waiting: Waiting, moved: Signal | None = None, event: Event[Any] | None = None) -> None:
        """Keep the token and move the state."""
        if moved is not None:
            self._replace(moved)
        if event is not None:
            self.events.append(event)
        self._waiting[waiting.signal_id] = waiting

    def waiting(self, signal_id: SignalId) -> Waiting | None:
        """Return the newest token."""
        return self._waiting.get(signal_id)

    def overdue(self, now: datetime, limit: int) -> list[Signal]:
        """Return what waits too long."""
        late = [one.signal_id for one in self._waiting.values() if one.due_at <= now]
        return [self._kept[one] for one in late if self._kept[one].status in WAITING][:limit]

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int]]:
        """Claim what nobody drove lately."""
        taken: list[tuple[SignalId, int]] = []
        for signal_id, (driven_at, attempts) in list(self._driven.items()):
            unfinished = self._kept[signal_id].status in {"draft", "approved"}
            if unfinished and driven_at < before and len(taken) < limit:
                self._driven[signal_id] = (now, attempts + 1)
                taken.append((signal_id, attempts + 1))
        return taken

    def take_waiting(self, now: datetime, limit: int) -> list[Signal]:
        """Claim what waits and nobody looked at lately."""
        due = sorted((at, one) for one, (at, _) in self._driven.items() if at < now)
        taken = [self._kept[one] for _, one in due if self._kept[one].status in WAITING][:limit]
        for one in taken:
            self._driven[one.id] = (now, self._driven[one.id][1])
        return taken

    def counts(self) -> Mapping[Status, int]:
        """Count by status."""
        return Counter(one.status for one in self._kept.values())

    def _passed(self, signal: Signal) -> bool:
        if signal.status != "draft":
            return signal.status not in {"screened_out", "withdrawn"}
        return any(one.step == "screen" and one.passed for one in self.decisions(signal.id))

    def _replace(self, signal: Signal) -> None:
        if self._kept[signal.id].version != signal.version - 1:
            raise SignalChanged
        self._kept[signal.id] = signal


class MemoryCommitmentLog:
    """Numbered promises."""

    def __init__(self) -> None:
        self._kept: list[Commitment] = []

    def append(self, sealed: Sealed) -> Commitment:
        """Number it, once a signal."""
        known = self.find(sealed.signal_id, sealed.revision)
        if known is not None:
            return known
        last = self.page(sealed.analyst, 0, len(self._kept))
        head = Head(last[-1].number, last[-1].link, last[-1].committed_at) if last else Head()
        commitment = sealed.numbered(head)
        self._kept.append(commitment)
        return commitment

    def kept(self, commitment: Commitment, at: datetime) -> Commitment:
        """Note the time."""
        noted = replace(commitment, kept_at=at)
        self._kept[self._kept.index(commitment)] = noted
        return noted

    def find(self, signal_id: SignalId, revision: int = 0) -> Commitment | None:
        """Return the commitment."""
        asked = (signal_id, revision)
        found = (one for one in self._kept if (one.sealed.signal_id, one.sealed.revision) == asked)
        return next(found, None)

    def page(self, analyst: AnalystId, after: int, limit: int) -> list[Commitment]:
        """Return them in order."""
        found = [one for one in self._kept if one.sealed.analyst == analyst and one.number > after]
        return sorted(found, key=lambda one: one.number)[:limit]


def _place(signal: Signal) -> tuple[datetime, SignalId]:
    return signal.published_at or signal.drafted_at, signal.id


def _asked(signal: Signal, query: SignalQuery) -> bool:
    terms, at = signal.terms, _place(signal)[0]
    return (
        query.access.allows(signal, query.now)
        and (not query.statuses or signal.status in query.statuses)
        and all(getattr(query, name) in {None, getattr(terms, name)} for name in _EQUAL)
        and (query.since is None or at >= query.since)
        and (query.until is None or at < query.until)
        and terms.confidence >= (query.confidence or 0)
        and (query.text is None or _words(query.text) <= _words(terms.rationale))
        and (query.mine is None or query.mine.matches(signal))
    )


def _words(text: str) -> set[str]:
    """Return the words of ``text``; PostgreSQL also knows their other forms."""
    return set(re.findall(r"\w+", text.lower()))
