"""What reading the books gives: receipts, recorded transfers, balances, statements, the trial balance."""

from dataclasses import dataclass, field
from datetime import datetime

from kit.money import Money
from payments.model.ledger import AccountCode, Book, Guard, Kind, Phase, TransferId


@dataclass(frozen=True, slots=True)
class Receipt:
    """When the chain was recorded; ``replayed``: it had been before, nothing was done now."""

    recorded_at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transfer as the books have it; ``ended`` is how a pending one ended, None while it holds."""

    id: TransferId
    phase: Phase
    debit: AccountCode
    credit: AccountCode
    amount: Money
    pending_id: TransferId | None
    reverses: TransferId | None
    timeout_s: int | None
    reason: str
    reference: str
    chain: TransferId
    recorded_at: datetime
    expires_at: datetime | None = None
    ended: Phase | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums of one account in minor units of its currency."""

    account: AccountCode
    currency: str
    guard: Guard
    debits_posted: int
    debits_pending: int
    credits_posted: int
    credits_pending: int

    @property
    def available(self) -> Money:
        """What may still be moved: of a wallet, what was put in less what was spent or is held."""
        if self.guard is Guard.CREDITS_MUST_NOT_EXCEED_DEBITS:
            left = self.debits_posted - self.credits_posted - self.credits_pending
        else:
            left = self.credits_posted - self.debits_posted - self.debits_pending
        return Money(left, self.currency)

    @property
    def within_guard(self) -> bool:
        """Whether the guard holds."""
        return self.guard is Guard.NONE or self.available.amount >= 0


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting: ``amount`` positive for a debit; ``running`` is debits less credits with this line."""

    seq: int
    transfer: TransferId
    counterpart: AccountCode
    amount: int
    running: int
    reason: str
    reference: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class TrialLine:
    """Debits and credits of one control account, in minor units."""

    book: Book
    control: str
    kind: Kind
    currency: str
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All lines as of ``at``; the books balance when debits and credits have one sum, in each currency."""

    at: datetime
    lines: tuple[TrialLine, ...] = field(default_factory=tuple)

    def difference(self) -> dict[tuple[Book, str], int]:
        """Return debits less credits by book and currency: zeros."""
        sums: dict[tuple[Book, str], int] = {}
        for line in self.lines:
            key = (line.book, line.currency)
            sums[key] = sums.get(key, 0) + line.debits - line.credits
        return sums


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that must hold and does not: ``expected`` and ``found`` in minor units, or counts."""

    what: str
    subject: str
    expected: int | None
    found: int | None
