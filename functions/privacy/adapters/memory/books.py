"""Requests, answers, holds and engagements in memory; ``told`` is what was told, in order."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kit.events import Event
from privacy.model.erasure import Answer, Erasure, ErasureId
from privacy.model.export import Export, ExportId, Part, PersonId
from privacy.model.hold import Hold, HoldId
from privacy.ports.books import EngagementKind, Facts


@dataclass
class MemoryExports:
    """See :class:`privacy.ports.ExportBook`."""

    told: list[Event[Any]] = field(default_factory=list)
    rows: dict[ExportId, Export] = field(default_factory=dict)
    told_parts: dict[ExportId, dict[str, Part]] = field(default_factory=dict)

    def open(self, one: Export, facts: Facts) -> bool:
        """Add."""
        if any(row.person == one.person and row.state == "collecting" for row in self.rows.values()):
            return False
        self.rows[one.id] = one
        self.told += facts
        return True

    def find(self, id: ExportId) -> Export | None:  # noqa: A002 - the port's name
        """Look it up."""
        return self.rows.get(id)

    lock = find

    def newest(self, person: PersonId) -> Export | None:
        """Search."""
        mine = [row for row in self.rows.values() if row.person == person]
        return max(mine, key=lambda row: (row.requested_at, row.id), default=None)

    def kept(self, person: PersonId) -> list[ExportId]:
        """Search."""
        return [row.id for row in self.rows.values() if row.person == person and row.state != "expired"]

    def save(self, changed: Export, was: int, facts: Facts = ()) -> bool:
        """Compare and set."""
        if self.rows[changed.id].version != was:
            return False
        self.rows[changed.id] = changed
        self.told += facts
        return True

    def add_part(self, id: ExportId, part: Part) -> None:  # noqa: A002 - as above
        """Keep the first."""
        self.told_parts.setdefault(id, {}).setdefault(part.domain, part)

    def parts(self, id: ExportId) -> tuple[Part, ...]:  # noqa: A002 - as above
        """Sort."""
        return tuple(part for _, part in sorted(self.told_parts.get(id, {}).items()))


@dataclass
class MemoryErasures:
    """See :class:`privacy.ports.ErasureBook`."""

    told: list[Event[Any]] = field(default_factory=list)
    rows: dict[ErasureId, Erasure] = field(default_factory=dict)
    given: dict[ErasureId, dict[str, Answer]] = field(default_factory=dict)

    def open(self, one: Erasure, facts: Facts) -> bool:
        """Add."""
        if any(row.person == one.person and row.state != "cancelled" for row in self.rows.values()):
            return False
        self.rows[one.id] = one
        self.told += facts
        return True

    def find(self, id: ErasureId) -> Erasure | None:  # noqa: A002 - the port's name
        """Look it up."""
        return self.rows.get(id)

    lock = find

    def newest(self, person: PersonId) -> Erasure | None:
        """Search."""
        mine = [row for row in self.rows.values() if row.person == person]
        return max(mine, key=lambda row: (row.requested_at, row.id), default=None)

    def save(self, changed: Erasure, was: int, facts: Facts = ()) -> bool:
        """Compare and set."""
        if self.rows[changed.id].version != was:
            return False
        self.rows[changed.id] = changed
        self.told += facts
        return True

    def add_answer(self, id: ErasureId, answer: Answer) -> None:  # noqa: A002 - as above
        """Keep the first."""
        self.given.setdefault(id, {}).setdefault(answer.domain, answer)

    def answers(self, id: ErasureId) -> tuple[Answer, ...]:  # noqa: A002 - as above
        """Sort."""
        return tuple(one for _, one in sorted(self.given.get(id, {}).items()))


@dataclass
class MemoryHolds:
    """See :class:`privacy.ports.HoldBook`."""

    told: list[Event[Any]] = field(default_factory=list)
    rows: dict[HoldId, Hold] = field(default_factory=dict)

    def guard(self, person: PersonId) -> None:
        """Nobody else is here."""

    def add(self, hold: Hold, facts: Facts) -> None:
        """Keep it."""
        self.rows[hold.id] = hold
        self.told += facts

    def find(self, id: HoldId) -> Hold | None:  # noqa: A002 - the port's name
        """Look it up."""
        return self.rows.get(id)

    def release(self, id: HoldId, by: str, at: datetime, facts: Facts) -> bool:  # noqa: A002 - as above
        """Set once."""
        if self.rows[id].released_at is not None:
            return False
        self.rows[id] = replace(self.rows[id], released_by=by, released_at=at)
        self.told += facts
        return True

    def latest(self, person: PersonId, now: datetime) -> datetime | None:
        """Search."""
        ends = [row.until for row in self.rows.values() if row.person == person and row.holds(now)]
        return max(ends, default=None)

    def page(self, person: PersonId | None, after: tuple[datetime, HoldId] | None, limit: int) -> list[Hold]:
        """Sort."""
        found = [row for row in self.rows.values() if person in {None, row.person}]
        found = [row for row in found if after is None or (row.set_at, row.id) < after]
        return sorted(found, key=lambda row: (row.set_at, row.id), reverse=True)[:limit]


@dataclass
class MemoryEngagements:
    """See :class:`privacy.ports.Engagements`."""

    rows: dict[tuple[str, str], tuple[int, PersonId, bool]] = field(default_factory=dict)

    def follow(self, kind: EngagementKind, id: str, person: PersonId, version: int, *, is_open: bool) -> None:  # noqa: A002 - as above
        """Keep the newest version."""
        known = self.rows.get((kind, id))
        if known is None or known[0] < version:
            self.rows[kind, id] = (version, person, is_open)

    def open_of(self, person: PersonId) -> tuple[EngagementKind, ...]:
        """Search."""
        kinds = {kind for (kind, _), (_, whose, is_open) in self.rows.items() if is_open and whose == person}
        return tuple(sorted(kinds))  # type: ignore[arg-type]  # written as its kind
