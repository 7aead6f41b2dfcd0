"""The reconciler over a shop, in memory or on PostgreSQL; the gateway's books are in memory."""

from dataclasses import dataclass

from builders.refund_database import DatabaseDesk
from builders.refunds import RefundDesk
from payments.adapters.memory.entitlements import MemoryEntitlements
from payments.adapters.memory.gateway_books import MemoryGatewayBooks
from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.memory.reconciling import MemoryAccessBook, MemoryFindings, MemoryMatching
from payments.adapters.memory.refunds import MemoryRefunds
from payments.adapters.postgres.access_book import PostgresAccessBook
from payments.adapters.postgres.findings import PostgresFindings
from payments.adapters.postgres.reconciling import PostgresMatching
from payments.model.reconciliation import Run
from payments.ports.reconciling import AccessBook, Findings, Matching
from payments.service.reconciling import Reconciling


@dataclass
class Office:
    """Who compares: :meth:`look` waits until nothing is on its way, then looks."""

    desk: RefundDesk
    books: MemoryGatewayBooks
    matching: Matching
    findings: Findings
    access: AccessBook

    @property
    def reconciling(self) -> Reconciling:
        return Reconciling(
            self.books, self.desk.ledger, self.matching, self.findings, self.access, self.desk.clock.now
        )

    def look(self) -> Run:
        """Look, and look again two minutes later."""
        self.desk.clock.forward(minutes=1)
        self.reconciling.run()
        self.desk.clock.forward(minutes=2)
        return self.reconciling.run()

    def open(self) -> list[tuple[str, str, int, int]]:
        return [(one.what, one.about, one.expected, one.found) for one in self.findings.open()]


def office(desk: RefundDesk) -> Office:
    """Return one over the desk's kind of store; the gateway keeps the desk's time."""
    desk.gateway.now = desk.clock.now
    books = MemoryGatewayBooks(desk.gateway)
    if isinstance(desk, DatabaseDesk):
        db = desk.db
        return Office(desk, books, PostgresMatching(db), PostgresFindings(db, None), PostgresAccessBook(db))
    assert isinstance(desk.payments, MemoryPayments)
    assert isinstance(desk.refunds, MemoryRefunds)
    assert isinstance(desk.entitlements, MemoryEntitlements)
    matching = MemoryMatching(desk.payments, desk.refunds)
    access = MemoryAccessBook(desk.payments, desk.refunds, desk.entitlements)
    return Office(desk, books, matching, MemoryFindings(), access)
