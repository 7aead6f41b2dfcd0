"""A counter whose customers are known as far as KYC told, for tests of the limits of tiers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from builders.checkouts import Counter
from builders.orders import NOW, person, top_up
from payments.adapters.memory.kyc import MemoryKyc
from payments.model.kyc import KycFact, Tier
from payments.model.ledger import PersonId
from payments.model.payment import PaymentId
from payments.model.quote import Order
from payments.model.refund import Refund, RefundId, RefundStatus
from payments.service.checking_out import Opened

BASIC, ALLOWANCE = 50_000_00, 10_000_00
LONG = timedelta(days=730)


@dataclass
class Bank:
    """The counter, and what KYC tells it."""

    counter: Counter = field(default_factory=Counter)
    told: int = 0

    def __post_init__(self) -> None:
        self.kyc = MemoryKyc("awaited", self.counter.desk.clock.now)
        self.counter.kyc = self.counter.office.kyc = self.kyc

    def tell(self, who: PersonId, tier: Tier, lasts: timedelta = LONG) -> None:
        """Let KYC tell the tier of ``who``."""
        self.told += 1
        now = self.counter.desk.clock.at
        until: datetime | None = None if tier == "none" else now + lasts
        assert self.kyc.put(KycFact(who, tier, until, self.told, now))

    def customer(self, tier: Tier = "basic") -> PersonId:
        """Return somebody new with a profile, known so well."""
        who = self.counter.enrol(person())
        if tier != "none":
            self.tell(who, tier)
        return who

    def open(self, who: PersonId, order: Order, key: str) -> Opened:
        """Open a page; whoever is asked for a second factor has it."""
        return self.counter.checking_out.open(who, order, key, self.counter.confirm)

    def pay(self, payment_id: str) -> None:
        """Let the money of a page come."""
        self.counter.capturing.capture(self.counter.payment(payment_id))

    def give_back(self, payment_id: str, paise: int, status: RefundStatus = "completed") -> None:
        """Refund so much of a payment."""
        paid = self.counter.payment(payment_id)
        one = refund(paid.id, paid.person, paise, status, len(self.counter.office.refunds.kept))
        self.counter.office.refunds.kept[one.id] = one


def refund(payment: PaymentId, who: PersonId, paise: int, status: RefundStatus, number: int = 0) -> Refund:
    """Return a refund of money in a wallet."""
    one = top_up(who, paise)
    return Refund(
        id=RefundId(f"{number:08}-0000-7000-8000-000000000000"),
        payment=payment,
        person=who,
        sku=one.sku,
        line=one.line,
        sale=one.sale,
        revokes=False,
        origin="rule",
        requested_by="rule:test",
        requested_at=NOW,
        reason="A test",
        policy_version="refunds-1",
        quoted=paise,
        status=status,
        decided_by=None if status == "requested" else "policy:refunds-1",
        decided_at=None if status == "requested" else NOW,
    )
