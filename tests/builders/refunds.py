"""A shop with refunds in memory: all that is kept rolls back together, and steps fail where a test says so."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from builders.orders import Clock, course, person
from builders.strikes import Strikes
from kit.due.memory import MemoryDueRows
from kit.errors import Retryable
from kit.money import Money
from payments import policies
from payments.adapters.memory.entitlements import MemoryEntitlements
from payments.adapters.memory.gateway import MemoryGateway
from payments.adapters.memory.gateway_bank import MemoryBank
from payments.adapters.memory.ledger import MemoryLedger
from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.memory.refunds import (
    MemoryCreditNotes,
    MemoryEnds,
    MemoryLetters,
    MemoryProgress,
    MemoryRefunds,
    MemoryWorkflow,
)
from payments.model.due import DueKind, DueRow
from payments.model.gateway import CustomerRef, GatewayRefund, PaymentRef, RefundOrder
from payments.model.ledger import PersonId
from payments.model.notice import PaymentState
from payments.model.payment import Payment
from payments.model.refund import Refund, RefundId
from payments.ports.due import DueRows
from payments.ports.entitlements import Entitlements
from payments.ports.ledger import Ledger
from payments.ports.payments import Payments, Together
from payments.ports.refunds import Refunds
from payments.service.access import Access, cause_of
from payments.service.capturing import Capturing, not_known
from payments.service.disputing import Disputing
from payments.service.entitling import Entitling
from payments.service.refunding.deciding import Actor, Deciding, Wish
from payments.service.refunding.driving import Driving
from payments.service.refunding.following import Following
from payments.service.refunding.paying import Paying
from payments.service.refunding.quoting import Quoting
from payments.service.refunding.saga import Saga

SUPPORT = Actor(PersonId("0190c000-0000-7000-8000-000000000001"), staff=True)
APPROVER = Actor(PersonId("0190c000-0000-7000-8000-000000000002"), staff=True)


@dataclass
class FaultyGateway(MemoryGateway):
    """``faults`` strike the next refunds in turn: ``busy``, ``lost`` (it happened), ``refused``, ``fails``."""

    faults: list[str] = field(default_factory=list)

    def refund(self, order: RefundOrder, *, key: str) -> GatewayRefund:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "busy":
            raise Retryable("busy")
        if fault == "refused":
            self.payments[order.payment] = replace(
                self.payments[order.payment], refunded=self.payments[order.payment].captured
            )
        made = super().refund(order, key=key)
        if fault == "lost":
            raise Retryable("lost")
        if fault == "fails":
            MemoryBank(self).refuse(made.ref)
            return self.refunded[made.ref]
        return made


@dataclass
class RefundDesk:
    """All that refunds need over one kind of store. :meth:`sold` sells a course through the gateway."""

    payments: Payments
    refunds: Refunds
    entitlements: Entitlements
    due: DueRows
    ledger: Ledger
    together: Together
    clock: Clock = field(default_factory=Clock)
    gateway: FaultyGateway = field(default_factory=FaultyGateway)
    progress: MemoryProgress = field(default_factory=MemoryProgress)
    notes: MemoryCreditNotes = field(default_factory=MemoryCreditNotes)
    letters: MemoryLetters = field(default_factory=MemoryLetters)
    ends: MemoryEnds = field(default_factory=MemoryEnds)
    workflow: MemoryWorkflow = field(default_factory=MemoryWorkflow)
    strikes: Strikes = field(default_factory=Strikes)
    make: Callable[[Saga], Saga] = lambda saga: saga
    fees_are_known: bool = False

    @property
    def bank(self) -> MemoryBank:
        return MemoryBank(self.gateway)

    @property
    def entitling(self) -> Entitling:
        return Entitling(self.entitlements, self.due, self.together, self.clock.now)

    @property
    def capturing(self) -> Capturing:
        fee_of = self._fee if self.fees_are_known else not_known
        return Capturing(self.payments, self.ledger, self.entitling, self.together, self.clock.now, fee_of)

    def _fee(self, ref: PaymentRef) -> Money | None:
        found = self.gateway.payment(ref)
        return found.fee if found else None

    @property
    def access(self) -> Access:
        return Access(self.payments, self.refunds, self.entitlements, self.entitling, self.clock.now)

    @property
    def quoting(self) -> Quoting:
        rules = policies.load()
        return Quoting(self.payments, self.refunds, self.ledger, self.progress, rules, self.clock.now)

    @property
    def deciding(self) -> Deciding:
        return Deciding(self.refunds, self.quoting, self.due, self.together, self.clock.now)

    @property
    def saga(self) -> Saga:
        sound = Saga(
            refunds=self.refunds,
            payments=self.payments,
            ledger=self.ledger,
            access=self.access,
            paying=Paying(self.gateway, self.gateway),
            ends=self.ends,
            notes=self.notes,
            letters=self.letters,
            due=self.due,
            together=self.together,
            now=self.clock.now,
            hit=self.strikes.hit,
        )
        return self.make(sound)

    @property
    def following(self) -> Following:
        return Following(
            self.payments, self.refunds, self.entitlements, self.capturing, policies.load(), self.due,
            self.clock.now,
        )  # fmt: skip

    @property
    def disputing(self) -> Disputing:
        return Disputing(self.payments, self.refunds, self.ledger, self.access, self.due, self.clock.now)

    @property
    def driving(self) -> Driving:
        return Driving(self.refunds, self.workflow, self.due, self.clock.now)

    def sold(self, one: Payment | None = None) -> Payment:
        """Return a captured payment: of the gateway's, unless its source is a wallet."""
        wanted = one or course(person())
        ref: PaymentRef | None = None
        if wanted.source == "gateway":
            money = Money(wanted.sale.gross)
            ref = self.gateway.paid(wanted.id, CustomerRef("cus_1"), money, "captured")
        self.capturing.capture(wanted, ref, self.clock.now())
        return self.payment(wanted)

    def payment(self, one: Payment) -> Payment:
        found = self.payments.find(one.id)
        assert found is not None
        return found

    def asked(self, one: Payment, paise: int | None = None, **more: Any) -> Refund:
        """Return a refund that support asked for."""
        return self.deciding.request(one.id, Wish("Please", paise, **more), SUPPORT)

    def approved(self, one: Payment, paise: int | None = None, **more: Any) -> Refund:
        """Return one that somebody else approved."""
        asked = self.asked(one, paise, **more)
        return self.deciding.approve(asked.id, APPROVER, asked.version)

    def refund(self, refund_id: RefundId) -> Refund:
        found = self.refunds.find(refund_id)
        assert found is not None
        return found

    def state(self, one: Payment) -> PaymentState:
        """Return the gateway's state of ``one`` as it is read back."""
        assert one.ref is not None
        found = self.gateway.payment(one.ref)
        assert found is not None
        return PaymentState(found, self.gateway.refunds(one.ref), self.gateway.disputes(one.ref))

    def told_back(self, one: Payment) -> None:
        """Let the worker apply the state, as its followers do in turn."""
        state = self.state(one)
        with self.together():
            self.following.follow(state)
            self.disputing.follow(state)

    def due_now(self, limit: int = 50) -> list[DueRow]:
        # papers have tests of their own
        return [row for row in self.due.take(self.clock.now(), limit) if row.kind != "invoice.issue"]

    def entitled(self, one: Payment) -> bool:
        fact = self.entitlements.find(cause_of(one))
        return fact is not None and fact.holds(self.clock.now())

    def told(self, one: Refund, kind: str) -> int:
        """Count the events of a type about ``one``."""
        assert isinstance(self.refunds, MemoryRefunds)
        return sum(each.type == kind and each.subject == one.id for each in self.refunds.told)

    def told_of(self, one: Payment, kind: str) -> int:
        """Count the events of a type about a payment."""
        assert isinstance(self.payments, MemoryPayments)
        return sum(each.type == kind and each.subject == one.id for each in self.payments.told)

    def last_of(self, one: Payment, kind: str) -> Any:
        """Return the data of the last event of a type about a payment, as JSON has it."""
        assert isinstance(self.payments, MemoryPayments)
        found = [each.data for each in self.payments.told if each.type == kind and each.subject == one.id]
        return msgspec.to_builtins(found[-1])

    def noted(self, one: Refund) -> bool:
        """Whether a credit note of ``one`` stands; where nothing was supplied, whether it would."""
        return one.id in self.notes.issued and one.id not in self.notes.withdrawn

    def due_rows(self, one: Refund) -> int:
        """Count what is left to drive of ``one``."""
        assert isinstance(self.due, MemoryDueRows)
        return ("refund.drive", one.id) in self.due.rows

    def clearing(self, one: Payment) -> int:
        """Return debits less credits of the gateway's clearing account of the payment's book."""
        return self.net(f"{one.line}:clearing:INR")

    def net(self, account: str) -> int:
        found = self.ledger.balance(account)  # type: ignore[arg-type] # a code as text
        assert found is not None, account
        return found.debits_posted - found.credits_posted

    def held(self, account: str) -> int:
        found = self.ledger.balance(account)  # type: ignore[arg-type] # as above
        assert found is not None, account
        return found.debits_pending + found.credits_pending


def in_memory() -> RefundDesk:
    """Return a desk whose stores roll back together when a block fails."""
    payments, refunds, entitlements = MemoryPayments(), MemoryRefunds(), MemoryEntitlements()
    due, ledger, notes = MemoryDueRows[DueKind](), MemoryLedger(), MemoryCreditNotes()
    kept: tuple[Any, ...] = (payments, refunds, entitlements, due, ledger, notes)
    return RefundDesk(payments, refunds, entitlements, due, ledger, _rolling_back(kept), notes=notes)


def _rolling_back(kept: tuple[Any, ...]) -> Callable[[], Any]:
    depth = [0]

    @contextmanager
    def together() -> Iterator[None]:
        was = [{name: copy.copy(value) for name, value in vars(one).items()} for one in kept]
        depth[0] += 1
        try:
            yield
        except BaseException:
            if depth[0] == 1:
                for one, values in zip(kept, was, strict=True):
                    vars(one).update(values)
            raise
        finally:
            depth[0] -= 1

    return together
