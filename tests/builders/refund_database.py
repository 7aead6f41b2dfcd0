"""The same shop over PostgreSQL: the gateway stays in memory, or in another process."""

from typing import Any

from builders.refunds import RefundDesk
from fixtures.database import Databases
from kit.due.postgres import PostgresDueRows
from kit.stores.postgres import Database
from payments.adapters.postgres.entitlements import PostgresEntitlements
from payments.adapters.postgres.ledger import PostgresLedger
from payments.adapters.postgres.payments import PostgresPayments
from payments.adapters.postgres.refunds import PostgresRefunds
from payments.model.payment import Payment
from payments.model.refund import Refund


class DatabaseDesk(RefundDesk):
    """Counts events and due rows in the database."""

    db: Database

    def told(self, one: Refund, kind: str) -> int:
        return self._told(one.id, kind)

    def told_of(self, one: Payment, kind: str) -> int:
        return self._told(one.id, kind)

    def last_of(self, one: Payment, kind: str) -> Any:
        payload = "convert_from(payload, 'UTF8')::jsonb"
        found = self.db.all(
            f"SELECT {payload} -> 'data' FROM outbox WHERE key = %s AND {payload} ->> 'type' = %s ORDER BY seq",  # noqa: S608 - a literal
            (one.id, kind),
        )
        return found[-1][0]

    def _told(self, key: str, kind: str) -> int:
        payload = "convert_from(payload, 'UTF8')::jsonb ->> 'type'"
        return self._count(f"SELECT count(*) FROM outbox WHERE key = %s AND {payload} = %s", (key, kind))  # noqa: S608 - a literal

    def due_rows(self, one: Refund) -> int:
        return self._count("SELECT count(*) FROM due WHERE kind = 'refund.drive' AND subject = %s", (one.id,))

    def _count(self, query: str, params: tuple[Any, ...]) -> int:
        row = self.db.one(query, params)
        assert row is not None
        return int(row[0])


def over(db: Database) -> DatabaseDesk:
    """Return a desk over ``db``, a connection as payments' role."""
    payments = PostgresPayments(db, None)
    desk = DatabaseDesk(
        payments,
        PostgresRefunds(db, None),
        PostgresEntitlements(db, None),
        PostgresDueRows(db),
        PostgresLedger(db),
        payments.together,
    )
    desk.db = db
    return desk


def opened(databases: Databases) -> Database:
    """Return a fresh database with the ledger and payments, as payments' role."""
    return databases("payments", "ledger")
