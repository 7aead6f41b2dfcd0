"""KYC over one kind of store: applicants, providers with personas, reviewers; and steps that are cut off."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from string import ascii_uppercase
from typing import Any

from builders.strikes import Cut, Strikes
from fixtures.database import Databases
from kit import ids
from kit.audit import Actor
from kit.due.memory import MemoryDueRows
from kit.due.postgres import PostgresDueRows
from kit.errors import Retryable
from kit.stores.postgres import Database
from kyc import policies
from kyc.adapters.memory.applications import MemoryApplications
from kyc.adapters.memory.evidence import (
    MemoryDisclosures,
    MemoryDocuments,
    MemoryDocumentStore,
    MemoryEvidence,
)
from kyc.adapters.memory.outgoing import (
    MemoryIndex,
    MemoryLetters,
    MemorySeal,
    MemoryWorkflow,
)
from kyc.adapters.memory.providers import MemoryProviders
from kyc.adapters.postgres.applications import PostgresApplications
from kyc.adapters.postgres.evidence import PostgresDisclosures, PostgresDocuments, PostgresEvidence
from kyc.model.application import Application, ApplicationId
from kyc.model.due import DueKind
from kyc.model.tier import DocumentKind, PersonId, Redo, Wanted
from kyc.policies import Policies
from kyc.ports.applications import Applications, Together
from kyc.ports.disclosing import Disclosures
from kyc.ports.evidence import Documents, Evidence
from kyc.ports.outgoing import DueRows
from kyc.service.applying import Applying, Said
from kyc.service.asking import Asking
from kyc.service.checking_documents import DocumentCheck
from kyc.service.disclosing import Disclosing
from kyc.service.driving import Driving
from kyc.service.lapsing import Lapsing
from kyc.service.outcomes import Outcomes
from kyc.service.reviewing import Proposal, Reviewing
from kyc.service.telling import Telling
from kyc.service.verifying import Verdict, Verifying

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
AADHAAR = "234567890124"
"""Passes Verhoeff's check; nobody's."""
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture " * 30 + b"IEND\xaeB`\x82"
_numbers = count()
MAKER, CHECKER = Actor(ids.uuid7(), ("compliance",)), Actor(ids.uuid7(), ("compliance",))
KINDS: dict[Wanted, tuple[DocumentKind, ...]] = {
    "basic": ("pan_card", "photo"),
    "standard": ("pan_card", "photo", "address_proof"),
    "unlimited": ("pan_card", "photo", "address_proof", "income_proof"),
}


@dataclass
class Moment:
    """A clock that a test sets."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def forward(self, **units: float) -> datetime:
        self.at += timedelta(**units)
        return self.at


@dataclass
class KycDesk:
    """All use cases over one kind of store; bytes, providers and letters are in memory."""

    applications: Applications
    documents: Documents
    evidence: Evidence
    due: DueRows
    together: Together
    disclosures: Disclosures
    clock: Moment = field(default_factory=Moment)
    store: MemoryDocumentStore = field(default_factory=MemoryDocumentStore)
    providers: MemoryProviders = field(default_factory=MemoryProviders)
    letters: MemoryLetters = field(default_factory=MemoryLetters)
    workflow: MemoryWorkflow = field(default_factory=MemoryWorkflow)
    strikes: Strikes = field(default_factory=Strikes)
    rules: Policies = field(default_factory=policies.load)
    make: Callable[[Verifying], Verifying] = lambda sound: sound

    @property
    def outcomes(self) -> Outcomes:
        return Outcomes(self.applications, self.due, self.rules, self.together, self.clock.now)

    @property
    def applying(self) -> Applying:
        return Applying(
            self.applications, self.documents, self.store, self.providers, MemorySeal(), MemoryIndex(),
            self.due, self.rules, self.together, self.clock.now,
        )  # fmt: skip

    @property
    def telling(self) -> Telling:
        return Telling(self.applications, self.letters, MemorySeal(), self.due, self.together)

    @property
    def verifying(self) -> Verifying:
        hit, now = self.strikes.hit, self.clock.now
        sound = Verifying(
            self.applications,
            DocumentCheck(self.documents, self.store, hit),
            Asking(self.evidence, self.providers, self.providers, now, hit),
            MemorySeal(),
            self.outcomes,
            self.telling,
            self.rules,
            now,
            hit,
        )
        return self.make(sound)

    @property
    def reviewing(self) -> Reviewing:
        return Reviewing(
            self.applications, self.documents, self.outcomes, self.due, self.rules, self.together,
            self.clock.now,
        )  # fmt: skip

    @property
    def disclosing(self) -> Disclosing:
        return Disclosing(
            self.applications, self.documents, self.store, MemorySeal(), self.disclosures, self.clock.now
        )

    @property
    def driving(self) -> Driving:
        return Driving(self.applications, self.workflow, self.due, self.clock.now)

    @property
    def lapsing(self) -> Lapsing:
        return Lapsing(
            self.applications, self.documents, self.store, self.outcomes, self.rules, self.clock.now
        )

    # ---- stories ----

    def said(self, pan: str = "ABC", name: str = "Asha Rao", born: date = date(1990, 4, 1)) -> Said:
        """Return it with a PAN of one's own that begins so, or with exactly that one."""
        return Said(name, born, pan_of(pan) if len(pan) == 3 else pan, AADHAAR, "asha@example.com")

    def draft(self, wanted: Wanted = "basic", person: PersonId | None = None) -> Application:
        return self.applying.begin(person or somebody(), wanted)[0]

    def filled(self, one: Application, content: bytes = PNG, **said: Any) -> Application:
        """Return it with details and documents that came."""
        kept = self.applying.say(one.id, one.person, one.version, self.said(**said))
        for kind in KINDS[one.wanted]:
            self.upload(one, kind, content)
        return kept

    def upload(self, one: Application, kind: DocumentKind, content: bytes | None = PNG) -> None:
        document, _ = self.applying.offer(one.id, one.person, kind, "image/png")
        if content is not None:
            self.store.came[document.id] = content

    def submitted(self, wanted: Wanted = "basic", person: PersonId | None = None, **said: Any) -> Application:
        one = self.filled(self.draft(wanted, person), **said)
        return self.applying.submit(one.id, one.person, one.version)

    def driven(self, wanted: Wanted = "basic", person: PersonId | None = None, **said: Any) -> Application:
        one = self.submitted(wanted, person, **said)
        self.drive(one.id)
        return self.find(one.id)

    def drive(self, application_id: ApplicationId, tries: int = 40) -> Verdict:
        """Drive as the machine does: again where something is away, or where the worker was cut off."""
        for _ in range(tries):
            try:
                return self.verifying.drive(application_id)
            except (Retryable, Cut):
                continue
        raise AssertionError(f"still not over: {self.find(application_id)}")

    def find(self, application_id: ApplicationId) -> Application:
        found = self.applications.find(application_id)
        assert found is not None
        return found

    def in_review(self, **said: Any) -> Application:
        """Return one that people decide about."""
        return self.driven(name="Minister Rao", **said)

    def reviewed(self, outcome: Any = "approve", *redo: Redo, agree: bool = True) -> Application:
        """Return one that a maker proposed to end so, and a checker decided about."""
        one = self.in_review()
        taken = self.reviewing.take(one.id, MAKER, one.version)
        proposed = self.reviewing.propose(
            one.id, MAKER, taken.version, Proposal(outcome, "Looked at it", redo)
        )
        return self.reviewing.check(one.id, CHECKER, proposed.version, agree=agree, note="Looked too")

    def due_kinds(self, one: Application) -> list[str]:
        """Return what is planned for ``one``, taking nothing."""
        rows = self.due.take(datetime(2100, 1, 1, tzinfo=UTC), 10_000)
        for row in rows:
            self.due.plan(row.kind, row.subject, row.due_at)
        return sorted(row.kind for row in rows if row.subject == one.id)

    def told(self, subject: str, kind: str) -> int:
        """Count the events of a type about ``subject``."""
        assert isinstance(self.applications, MemoryApplications)
        assert isinstance(self.disclosures, MemoryDisclosures)
        told = (*self.applications.told, *self.disclosures.told)
        return sum(each.type == kind and each.subject == subject for each in told)


class DatabaseDesk(KycDesk):
    """Counts events in the database."""

    db: Database

    def told(self, subject: str, kind: str) -> int:
        row = self.db.one(
            "SELECT count(*) FROM outbox WHERE key = %s AND convert_from(payload, 'UTF8')::jsonb ->> 'type' = %s",
            (subject, kind),
        )
        return int(row[0]) if row else 0


def pan_of(persona: str) -> str:
    """Return a PAN nobody had yet, of a person, that begins with ``persona``."""
    number = next(_numbers)
    return f"{persona}P{ascii_uppercase[number // 260_000 % 26]}{number // 26 % 10_000:04}{ascii_uppercase[number % 26]}"


def somebody() -> PersonId:
    """Return a new person's id."""
    return PersonId(ids.uuid7())


def in_memory() -> KycDesk:
    """Return a desk whose stores roll back together when a block fails."""
    applications, documents, evidence = MemoryApplications(), MemoryDocuments(), MemoryEvidence()
    due = MemoryDueRows[DueKind]()
    together = _rolling_back((applications, documents, evidence, due))
    return KycDesk(applications, documents, evidence, due, together, MemoryDisclosures())


def _rolling_back(kept: tuple[Any, ...]) -> Callable[[], Any]:
    @contextmanager
    def together() -> Iterator[None]:
        was = [{name: copy.copy(value) for name, value in vars(one).items()} for one in kept]
        try:
            yield
        except BaseException:
            for one, values in zip(kept, was, strict=True):
                vars(one).update(values)
            raise

    return together


def over(db: Database) -> DatabaseDesk:
    """Return a desk over ``db``, a connection as kyc's role."""
    applications = PostgresApplications(db, None)
    desk = DatabaseDesk(
        applications,
        PostgresDocuments(db),
        PostgresEvidence(db),
        PostgresDueRows(db),
        applications.together,
        PostgresDisclosures(db, None),
    )
    desk.db = db
    return desk


def opened(databases: Databases) -> Database:
    """Return a fresh database with kyc and the vault, as kyc's role."""
    return databases("kyc", "vault")
