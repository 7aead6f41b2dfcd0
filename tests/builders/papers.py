"""The office that issues papers, over memory or over a database, for tests."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from builders.orders import NOW, OFFERS, SELLER, Clock, course
from kit import ids
from kit.due.memory import MemoryDueRows
from kit.due.postgres import PostgresDueRows
from kit.stores.postgres import Database
from payments.adapters.memory.entitlements import MemoryEntitlements
from payments.adapters.memory.ledger import MemoryLedger
from payments.adapters.memory.papers import MemoryPapers, MemoryPrints
from payments.adapters.memory.payments import MemoryPayments, MemoryProfiles
from payments.adapters.postgres.entitlements import PostgresEntitlements
from payments.adapters.postgres.ledger import PostgresLedger
from payments.adapters.postgres.papers import PostgresPapers, PostgresPrints
from payments.adapters.postgres.payments import PostgresPayments, PostgresProfiles
from payments.model.ledger import PersonId
from payments.model.ledger_books import Receipt
from payments.model.paper import Paper, PaperCause, PaperId, PaperKind, Party, series_of
from payments.model.payment import Payment
from payments.model.profile import Profile
from payments.model.sale import Sale
from payments.ports.due import DueRows
from payments.ports.entitlements import Entitlements
from payments.ports.ledger import Ledger
from payments.ports.papers import Papers, Prints
from payments.ports.payments import Payments, Profiles, Together
from payments.service import ledger_chains
from payments.service.capturing import Capturing, reference_of
from payments.service.entitling import Entitling
from payments.service.invoicing import Invoicing

HOME = "4 Residency Road\nBengaluru 560025"
US = Party("Treum Learning Private Limited", "MH", "7 Marine Drive, Mumbai 400020", "27AAPFU0939F1ZV")


@dataclass
class Office:
    """The ports over one kind of store; ``db`` None: in memory."""

    papers: Papers = field(default_factory=MemoryPapers)
    prints: Prints = field(default_factory=MemoryPrints)
    payments: Payments = field(default_factory=MemoryPayments)
    profiles: Profiles = field(default_factory=MemoryProfiles)
    entitlements: Entitlements = field(default_factory=MemoryEntitlements)
    due: DueRows = field(default_factory=MemoryDueRows)
    ledger: Ledger = field(default_factory=MemoryLedger)
    together: Together = nullcontext
    db: Database | None = None
    clock: Clock = field(default_factory=Clock)

    @property
    def capturing(self) -> Capturing:
        """Return what records captures."""
        entitling = Entitling(self.entitlements, self.due, self.together, self.clock.now)
        return Capturing(self.payments, self.ledger, entitling, self.together, self.clock.now)

    @property
    def invoicing(self) -> Invoicing:
        """Return what issues."""
        return Invoicing(
            self.papers,
            self.payments,
            self.profiles,
            self.ledger,
            self.due,
            OFFERS,
            US,
            self.together,
            self.clock.now,
        )

    def captured(self, one: Payment) -> Payment:
        """Record that ``one`` is paid; return it as it is kept."""
        self.capturing.capture(one)
        found = self.payments.find(one.id)
        assert found is not None
        return found

    def sold(self, who: PersonId, *, state: str = SELLER, sku: str = "course-options-basics") -> Payment:
        """Return a captured payment for a course."""
        return self.captured(course(who, state=state, sku=sku))

    def given_back(self, one: Payment, back: Sale, refund: str | None = None) -> tuple[str, Receipt]:
        """Record a refund of ``back`` in the books; return its id and when."""
        refund = refund or ids.uuid7()
        chain = ledger_chains.refunded(f"refund:{refund}", one.line, reference_of(one), back)
        return refund, self.ledger.post(chain, self.clock.now())

    def told(self, kind: str) -> int:
        """Return how many events of a type were told of papers."""
        if self.db is not None:
            query = "SELECT count(*) FROM outbox WHERE convert_from(payload, 'UTF8')::jsonb ->> 'type' = %s"
            row = self.db.one(query, (kind,))
            assert row is not None
            return int(row[0])
        assert isinstance(self.papers, MemoryPapers)
        return sum(one.type == kind for one in self.papers.told)


def office_on(db: Database) -> Office:
    """Return the office over a database with the schemas ``payments`` and ``ledger``."""
    payments = PostgresPayments(db, None)
    return Office(
        PostgresPapers(db, None),
        PostgresPrints(db),
        payments,
        PostgresProfiles(db),
        PostgresEntitlements(db, None),
        PostgresDueRows(db),
        PostgresLedger(db),
        payments.together,
        db,
    )


def profile(
    who: PersonId, *, name: str = "Asha Kulkarni", state: str = "MH", gstin: str | None = None
) -> Profile:
    """Return who pays."""
    return Profile(who, "asha@example.com", name, state, gstin, address=HOME)


def issued(
    papers: Papers,
    one: Payment,
    *,
    at: datetime = NOW,
    cause: str | None = None,
    changed: Callable[[Paper], Paper] = lambda paper: paper,
) -> Paper:
    """Issue a paper about ``one`` without the service, as ``changed`` spoils it."""
    kind: PaperKind = "invoice"
    series = series_of(kind, one.line, at)

    def make(number: int, moment: datetime) -> tuple[Paper, Sequence[object]]:
        paper = Paper(
            id=PaperId(ids.uuid7()),
            kind=kind,
            series=series,
            number=number,
            cause=PaperCause(cause or one.id),
            payment=one.id,
            person=one.person,
            line=one.line,
            title="A course",
            sale=one.sale,
            place=one.state,
            seller=US,
            buyer=Party("Asha Kulkarni", one.state),
            booked_at=at,
            issued_at=moment,
        )
        return changed(paper), ()

    return papers.issue(series, PaperCause(cause or one.id), at, make)  # type: ignore[arg-type]
