"""Payments, people and stores for tests of what is bought."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from kit import ids
from kit.due.memory import MemoryDueRows
from payments import catalogue
from payments.adapters.memory.entitlements import MemoryEntitlements
from payments.adapters.memory.ledger import MemoryLedger
from payments.adapters.memory.payments import MemoryPayments
from payments.model.due import DueKind
from payments.model.ledger import Book, PersonId
from payments.model.offer import Offer, Sku
from payments.model.payment import Payment, PaymentId
from payments.model.sale import sold_within, untaxed
from payments.service.capturing import Capturing
from payments.service.entitling import Entitling

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SELLER = "MH"
OFFERS = catalogue.load(SELLER)


def person() -> PersonId:
    """Return somebody new."""
    return PersonId(ids.uuid7())


def offer(sku: str) -> Offer:
    """Return an offer of the catalogue."""
    found = OFFERS.find(sku, date(2026, 11, 21))
    assert found is not None, f"{sku} is for sale"
    return found


def course(who: PersonId, *, state: str = SELLER, sku: str = "course-options-basics") -> Payment:
    """Return an opened payment for a course."""
    wanted = offer(sku)
    return Payment(
        id=PaymentId(ids.uuid7()),
        person=who,
        purpose="course",
        sku=wanted.sku,
        line=wanted.line,
        sale=sold_within(wanted.price, SELLER, state),
        state=state,
        source="gateway",
        status="opened",
        opened_at=NOW,
        expires_at=NOW + timedelta(minutes=30),
    )


def top_up(who: PersonId, paise: int = 1_000_00) -> Payment:
    """Return an opened payment into a wallet."""
    one = course(who)
    return replace(one, purpose="top_up", sku=Sku("wallet"), line=Book.WALLET, sale=untaxed(paise))


@dataclass
class Clock:
    """A clock that a test sets."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Return the time."""
        return self.at

    def forward(self, **units: float) -> datetime:
        """Move ahead, by ``days=31`` and the like; return the time."""
        self.at += timedelta(**units)
        return self.at


@dataclass
class Desk:
    """What sells, in memory."""

    clock: Clock = field(default_factory=Clock)
    payments: MemoryPayments = field(default_factory=MemoryPayments)
    entitlements: MemoryEntitlements = field(default_factory=MemoryEntitlements)
    due: MemoryDueRows[DueKind] = field(default_factory=MemoryDueRows)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)

    @property
    def entitling(self) -> Entitling:
        """Return what gives and takes."""
        return Entitling(self.entitlements, self.due, self.payments.together, self.clock.now)

    @property
    def capturing(self) -> Capturing:
        """Return what records captures."""
        now: Callable[[], datetime] = self.clock.now
        return Capturing(self.payments, self.ledger, self.entitling, self.payments.together, now)
