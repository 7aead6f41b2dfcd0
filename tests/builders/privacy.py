"""Privacy over one kind of store: its use cases, a clock that stands, and domains that answer when they are told to."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from kit import clock, events, ids
from kit.audit import Actor
from kit.due.memory import MemoryDueRows
from kit.due.postgres import PostgresDueRows
from kit.due.upkeep import Upkeep
from kit.events import Event
from kit.events.privacy_events import PrivacyContributed, PrivacyErased
from kit.outbox import Outbox
from kit.stores.postgres import Database
from privacy.adapters.memory import (
    MemoryArchives,
    MemoryEngagements,
    MemoryErasures,
    MemoryExports,
    MemoryHolds,
    MemoryKeys,
)
from privacy.adapters.postgres import PostgresEngagements, PostgresErasures, PostgresExports, PostgresHolds
from privacy.model.due import DueKind, DueRows
from privacy.model.erasure import Erasure, ErasureId
from privacy.model.export import Export, ExportId, PersonId
from privacy.ports import Engagements, ErasureBook, ExportBook, HoldBook
from privacy.service.erasing import Erasing
from privacy.service.exporting import Exporting
from privacy.service.following import Following
from privacy.service.holding import Holding

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
MAKER, CHECKER = Actor(ids.uuid7(), ("compliance",)), Actor(ids.uuid7(), ("compliance",))


def somebody() -> PersonId:
    return PersonId(ids.uuid7())


@dataclass
class Moment:
    """A clock that a test sets."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def forward(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass
class PrivacyDesk:
    """All use cases over one kind of store; bucket and keys are in memory."""

    exports: ExportBook
    erasures: ErasureBook
    holds: HoldBook
    engagements: Engagements
    due: DueRows
    db: Database | None = None
    told: list[Event[Any]] = field(default_factory=list)
    clock: Moment = field(default_factory=Moment)
    archives: MemoryArchives = field(default_factory=MemoryArchives)
    keys: MemoryKeys = field(default_factory=MemoryKeys)

    def together(self) -> AbstractContextManager[Any]:
        return self.db.transaction() if self.db else nullcontext()

    @property
    def exporting(self) -> Exporting:
        return Exporting(self.exports, self.erasures, self.archives, self.due, self.together, self.clock.now)

    @property
    def erasing(self) -> Erasing:
        return Erasing(
            self.erasures, self.exports, self.holds, self.engagements, self.keys, self.due,
            self.together, self.clock.now,
        )  # fmt: skip

    @property
    def holding(self) -> Holding:
        return Holding(self.holds, self.erasures, self.due, self.together, self.clock.now)

    @property
    def following(self) -> Following:
        return Following(self.engagements)

    def upkeep(self) -> int:
        """Do what is due now, as the schedule does, until nothing is."""
        works = Upkeep[DueKind](
            self.due,
            {
                "export.pack": lambda row: self.exporting.pack(ExportId(row.subject)),
                "export.late": lambda row: self.exporting.late(ExportId(row.subject)),
                "export.forget": lambda row: self.exporting.forget(ExportId(row.subject)),
                "erasure.due": lambda row: self.erasing.begin(ErasureId(row.subject)),
                "erasure.late": lambda row: self.erasing.late(ErasureId(row.subject)),
                "erasure.key": self._destroy_key,
            },
            self.clock.now,
        )
        done = 0
        while worked := works.run():
            done += worked
        return done

    def _destroy_key(self, row: Any) -> None:
        self.erasing.destroy_key(ErasureId(row.subject))

    def facts(self, subject: str) -> list[Event[Any]]:
        """Return what was told about one export or erasure, in order."""
        if self.db is None:
            return [event for event in self.told if event.subject == subject]
        rows = self.db.all("SELECT payload FROM outbox WHERE key = %s ORDER BY version, seq", (subject,))
        from kit.events.catalogue import ALL  # noqa: PLC0415 - the whole catalogue, for a test alone

        read = events.Reader({one.TYPE: one for one in ALL}).read
        return [event for row in rows if (event := read(bytes(row[0]))) is not None]

    def types(self, subject: str) -> list[str]:
        return [event.type for event in self.facts(subject)]

    def contribution(self, one: Export, domain: str, text: str = "") -> Event[PrivacyContributed]:
        """Write a domain's part as its contributor does; return what it tells."""
        content = f'{{"domain": "{domain}", "text": "{text}"}}'.encode()
        self.archives.write(one.id, domain, 1, content)
        told = PrivacyContributed(
            person=one.person,
            export_id=one.id,
            domain=domain,
            sha256=sha256(content).hexdigest(),
            records=1,
            pages=1,
            contributed_at=clock.now(),
        )
        return events.new(told, subject=one.id, version=1)

    def answer(self, one: Erasure, domain: str) -> Event[PrivacyErased]:
        """Return what a domain tells once it erased."""
        told = PrivacyErased(
            person=one.person,
            erasure_id=one.id,
            domain=domain,
            removed={"rows": 1},
            kept=(),
            erased_at=clock.now(),
        )
        return events.new(told, subject=one.id, version=self.find(one).version)

    def find(self, one: Erasure) -> Erasure:
        found = self.erasures.find(one.id)
        assert found is not None
        return found

    def find_export(self, one: Export) -> Export:
        found = self.exports.find(one.id)
        assert found is not None
        return found

    def ready(self, person: PersonId) -> Export:
        """Ask for an export, let everybody contribute, pack it."""
        one = self.exporting.request(person)
        for domain in one.domains:
            self.exporting.contributed(self.contribution(one, domain))
        self.upkeep()
        return self.find_export(one)

    def begun(self, person: PersonId) -> Erasure:
        """Ask for an erasure and let its moment come."""
        one = self.erasing.request(person)
        self.clock.forward(hours=48)
        self.upkeep()
        return self.find(one)

    def finish(self, one: Erasure) -> Erasure:
        """Let everybody answer and the key be destroyed."""
        for domain in (*one.first, "users"):
            self.erasing.answered(self.answer(one, domain))
        self.upkeep()
        self.clock.forward(seconds=10)
        self.upkeep()
        return self.find(one)


def in_memory() -> PrivacyDesk:
    told: list[Event[Any]] = []
    return PrivacyDesk(
        MemoryExports(told), MemoryErasures(told), MemoryHolds(told), MemoryEngagements(),
        MemoryDueRows[DueKind](), None, told,
    )  # fmt: skip


def over(db: Database) -> PrivacyDesk:
    outbox = Outbox(db, None)
    return PrivacyDesk(
        PostgresExports(db, outbox), PostgresErasures(db, outbox), PostgresHolds(db, outbox),
        PostgresEngagements(db), PostgresDueRows[DueKind](db), db,
    )  # fmt: skip
