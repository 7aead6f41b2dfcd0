"""Figures in memory: facts by event, contributions by key, totals by day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from analytics.model.days import month_of
from analytics.model.facts import Fact
from analytics.model.figures import Change, Contribution, EventId, Key, Measure, changed
from analytics.model.reports import Total
from analytics.ports import (
    Advance,
    Advanced,
    Chain,
    Consumer,
    EventsQuery,
    SourceEvent,
    Switched,
    TotalsQuery,
)
from analytics.ports.projection import ConsumerName, Count, State

_Totals = dict[tuple[Measure, date, str], int]


@dataclass
class _Made:
    """All of one consumer."""

    told: Consumer
    positions: dict[Chain, int] = field(default_factory=dict)
    facts: dict[EventId, Fact] = field(default_factory=dict)
    contributions: dict[Key, int] = field(default_factory=dict)
    totals: _Totals = field(default_factory=dict)
    unread: dict[EventId, str] = field(default_factory=dict)

    def of(self, subject: str) -> list[Fact]:
        return [one for one in self.facts.values() if one.subject == subject]


class MemoryFigures:
    """See :class:`analytics.ports.Projections` and :class:`analytics.ports.Answers`."""

    def __init__(self) -> None:
        self._made: dict[ConsumerName, _Made] = {}

    def consumers(self) -> Sequence[Consumer]:
        """Count as one looks."""
        return [
            replace(one.told, facts=len(one.facts), unread=len(one.unread)) for one in self._made.values()
        ]

    def begin(self, name: ConsumerName, rules: int, at: datetime) -> bool:
        """Look, then add."""
        if name in self._made or self._in("building"):
            return False
        state: State = "building" if self._in("active") else "active"
        self._made[name] = _Made(Consumer(name, state, rules, at))
        return True

    def positions(self, name: ConsumerName) -> Mapping[Chain, int]:
        """Copy."""
        return dict(self._made[name].positions)

    def advance(self, step: Advance, count: Count) -> Advanced | None:
        """Count each subject before and after."""
        made = self._made[step.consumer]
        if any(made.positions.get(one.chain, 0) != one.after for one in step.readings):
            return None
        new = {one.event: one for one in step.facts if one.event not in made.facts}
        subjects = {one.subject for one in new.values()}
        before = {subject: count(made.of(subject)) for subject in subjects}
        made.facts |= new
        changes = [changed(before[subject], count(made.of(subject))) for subject in subjects]
        totals = self._write(made, _together(changes))
        made.unread |= step.unread
        made.positions |= {one.chain: one.index for one in step.readings}
        return Advanced(len(new), totals)

    def caught_up(self, name: ConsumerName, at: datetime) -> None:
        """Keep the later."""
        told = self._made[name].told
        if told.caught_up_at is None or told.caught_up_at < at:
            self._made[name].told = replace(told, caught_up_at=at)

    def switch(self, at: datetime) -> Switched | None:
        """Compare, then change both."""
        shown, built = self._in("active"), self._in("building")
        if shown is None or built is None:
            return None
        if any(built.positions.get(chain, 0) < index for chain, index in shown.positions.items()):
            return None
        differences = None
        if shown.told.rules == built.told.rules and shown.positions == built.positions:
            differences = sum(
                shown.totals.get(total, 0) != built.totals.get(total, 0)
                for total in shown.totals.keys() | built.totals.keys()
            )
        shown.told = replace(shown.told, state="retired")
        built.told = replace(built.told, state="active", switched_at=at, differences=differences)
        return Switched(built.told.name, differences)

    def drop(self, at_most: int) -> int:
        """All at once."""
        del at_most
        retired = self._in("retired")
        if retired is None:
            return 0
        self._made[retired.told.name] = _Made(replace(retired.told, state="dropped"))
        return len(retired.facts) + len(retired.contributions) + len(retired.totals)

    def discrepancies(self, name: ConsumerName, count: Count) -> Sequence[str]:
        """Count everything again."""
        made = self._made[name]
        anew: dict[Key, int] = {}
        for subject in {one.subject for one in made.facts.values()}:
            anew |= count(made.of(subject))
        sums: _Totals = {}
        for key, amount in made.contributions.items():
            total = (key.measure, key.day, key.label)
            sums[total] = sums.get(total, 0) + amount
        found = sorted(str(key) for key, _ in anew.items() ^ made.contributions.items())
        totals = {total: amount for total, amount in sums.items() if amount}
        return found + sorted(str(total) for total, _ in totals.items() ^ made.totals.items())

    def totals(self, query: TotalsQuery) -> Sequence[Total]:
        """Add up."""
        shown, sums = self._in("active"), dict[tuple[date | None, Measure, str], int]()
        for (measure, day, label), amount in shown.totals.items() if shown else ():
            early = day < query.first
            wanted = measure in query.measures and query.label in {None, label} and day <= query.last
            if wanted and (query.before or not early):
                since = None if early else month_of(day) if query.by == "month" else day
                sums[since, measure, label] = sums.get((since, measure, label), 0) + amount
        return [
            Total(since, measure, label, amount) for (since, measure, label), amount in sums.items() if amount
        ]

    def events(self, query: EventsQuery) -> Sequence[SourceEvent]:
        """Filter and sort."""
        shown = self._in("active")
        wanted = [
            Contribution(key, amount)
            for key, amount in (shown.contributions.items() if shown else ())
            if key.measure in query.measures
            and query.first <= key.day <= query.last
            and query.label in {None, key.label}
            and (query.after is None or key > query.after)
        ]
        return sorted(wanted, key=lambda one: one.key)[: query.limit]

    def facts_of(self, subject: str) -> Sequence[Fact]:
        """Search."""
        shown = self._in("active")
        return shown.of(subject) if shown else []

    def _in(self, state: State) -> _Made | None:
        return next((one for one in self._made.values() if one.told.state == state), None)

    @staticmethod
    def _write(made: _Made, change: Change) -> int:
        for one in change.gone:
            del made.contributions[one.key]
        made.contributions |= {one.key: one.amount for one in change.new}
        by_total = change.by_total()
        for total, amount in by_total.items():
            made.totals[total] = made.totals.get(total, 0) + amount
            if not made.totals[total]:
                del made.totals[total]
        return len(by_total)


def _together(changes: Iterable[Change]) -> Change:
    known = list(changes)
    return Change(
        tuple(one for change in known for one in change.gone),
        tuple(one for change in known for one in change.new),
    )
