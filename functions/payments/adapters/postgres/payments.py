"""Payments and who pays them in PostgreSQL."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, LiteralString

from kit import clock, outbox
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.model.gateway import CheckoutRef, CustomerRef, PaymentRef
from payments.model.ledger import Book, PersonId
from payments.model.payment import Payment, PaymentId, Period, SubscriptionId
from payments.model.profile import Profile
from payments.model.sale import Gst, Sale

_COLUMNS: Final[LiteralString] = (
    "id, person, purpose, sku, line, net, cgst, sgst, igst, state, source, status, opened_at, version,"
    " expires_at, captured_at, subscription, period_start, period_end, checkout_ref, payment_ref, address,"
    " dispute, decline"
)
_READ: Final[LiteralString] = (
    "SELECT id::text, person::text, purpose, sku, line, net, cgst, sgst, igst, state, source, status,"
    " opened_at, version, expires_at, captured_at, subscription::text, period_start, period_end,"
    " checkout_ref, payment_ref, address, dispute, decline FROM payments"
)
_VALUES: Final[LiteralString] = (
    "%(id)s, %(person)s, %(purpose)s, %(sku)s, %(line)s, %(net)s, %(cgst)s, %(sgst)s, %(igst)s, %(state)s,"
    " %(source)s, %(status)s, %(opened_at)s, %(version)s, %(expires_at)s, %(captured_at)s, %(subscription)s,"
    " %(period_start)s, %(period_end)s, %(checkout_ref)s, %(payment_ref)s, %(address)s, %(dispute)s,"
    " %(decline)s"
)
_INSERT: Final[LiteralString] = (
    f"INSERT INTO payments ({_COLUMNS}) VALUES ({_VALUES}) ON CONFLICT (id) DO NOTHING RETURNING id"
)
# what was agreed (who, what, for how much) is never written again
_UPDATE: Final[LiteralString] = """
UPDATE payments SET status = %(status)s, version = %(version)s, expires_at = %(expires_at)s,
    captured_at = %(captured_at)s, subscription = %(subscription)s, period_start = %(period_start)s,
    period_end = %(period_end)s, checkout_ref = %(checkout_ref)s, payment_ref = %(payment_ref)s,
    address = %(address)s, dispute = %(dispute)s, decline = %(decline)s
WHERE id = %(id)s AND version = %(was)s RETURNING id
"""
_TAXES: Final = (Gst.CGST, Gst.SGST, Gst.IGST)


class PostgresPayments:
    """One row a payment; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def together(self) -> AbstractContextManager[Any]:
        """Open a transaction, or join the one that is open: the port ``Together``."""
        return self._db.transaction()

    def find(self, payment_id: PaymentId) -> Payment | None:
        """Read by id."""
        return _first(self._db.all(f"{_READ} WHERE id = %s", (payment_id,)))

    def of_ref(self, ref: PaymentRef) -> Payment | None:
        """Read by the gateway's id."""
        return _first(self._db.all(f"{_READ} WHERE payment_ref = %s", (ref,)))

    def of_checkout(self, ref: CheckoutRef) -> Payment | None:
        """Read by the hosted page."""
        return _first(self._db.all(f"{_READ} WHERE checkout_ref = %s", (ref,)))

    def put(self, payment: Payment, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Insert or compare and set, with the events, in one round trip."""
        changed = _UPDATE if was else _INSERT
        command: LiteralString = (
            f"WITH changed AS ({changed}), {outbox.rows_cte('changed')} SELECT count(*) FROM changed"
        )
        row = self._db.one(command, _params(payment) | {"was": was} | outbox.params(*events))
        kept = row is not None and row[0] == 1
        if kept:
            self._outbox.wake(*events)
        return kept

    def of_person(
        self, person: PersonId, before: tuple[datetime, PaymentId] | None, limit: int
    ) -> list[Payment]:
        """Read a page by keys."""
        query: LiteralString = f"{_READ} WHERE person = %s"
        params: tuple[Any, ...] = (person,)
        if before is not None:
            query, params = query + " AND (opened_at, id) < (%s, %s)", (person, *before)
        rows = self._db.all(query + " ORDER BY opened_at DESC, payments.id DESC LIMIT %s", (*params, limit))
        return [payment_of(row) for row in rows]

    def of_subscription(self, subscription: SubscriptionId) -> list[Payment]:
        """Read those of a subscription."""
        rows = self._db.all(
            f"{_READ} WHERE subscription = %s ORDER BY opened_at, payments.id", (subscription,)
        )
        return [payment_of(row) for row in rows]

    def research_paid(self, person: PersonId, since: datetime) -> int:
        """Sum in the database."""
        row = self._db.one(
            "SELECT coalesce(sum(net), 0) FROM payments"
            " WHERE person = %s AND line = 'research' AND status = 'captured' AND captured_at > %s",
            (person, since),
        )
        assert row is not None, "an aggregate has one row"
        return int(row[0])


class PostgresProfiles:
    """One row a person."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, person: PersonId) -> Profile | None:
        """Read it."""
        row = self._db.one(
            "SELECT person::text, email, name, state, gstin, customer_ref, address FROM billing_profiles"
            " WHERE person = %s",
            (person,),
        )
        return Profile(*row) if row else None

    def put(self, profile: Profile) -> None:
        """Insert or replace."""
        self._db.run(
            "INSERT INTO billing_profiles"
            " (person, email, name, state, gstin, address, customer_ref, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (person) DO UPDATE SET"
            " email = EXCLUDED.email, name = EXCLUDED.name, state = EXCLUDED.state, gstin = EXCLUDED.gstin,"
            " address = EXCLUDED.address,"
            " customer_ref = coalesce(EXCLUDED.customer_ref, billing_profiles.customer_ref),"
            " updated_at = EXCLUDED.updated_at",
            (
                profile.person,
                profile.email,
                profile.name,
                profile.state,
                profile.gstin,
                profile.address,
                profile.customer,
                clock.now(),
            ),
        )

    def note_customer(self, person: PersonId, customer: CustomerRef) -> None:
        """Set the one column."""
        self._db.run("UPDATE billing_profiles SET customer_ref = %s WHERE person = %s", (customer, person))


def payment_of(row: Sequence[Any]) -> Payment:
    """Return the payment in a row as :data:`_READ` selects it."""
    taxes = tuple((kind, paise) for kind, paise in zip(_TAXES, row[6:9], strict=True) if paise)
    return Payment(
        id=PaymentId(row[0]),
        person=PersonId(row[1]),
        purpose=row[2],
        sku=row[3],
        line=Book(row[4]),
        sale=Sale(row[5], taxes),
        state=row[9],
        source=row[10],
        status=row[11],
        opened_at=row[12],
        version=row[13],
        expires_at=row[14],
        captured_at=row[15],
        subscription=row[16],
        period=Period(row[17], row[18]) if row[17] is not None else None,
        checkout=row[19],
        ref=row[20],
        address=row[21],
        dispute=row[22],
        decline=row[23],
    )


def _params(one: Payment) -> dict[str, Any]:
    taxes = {kind.value: one.sale.tax(kind) for kind in _TAXES}
    period = (one.period.start, one.period.end) if one.period else (None, None)
    return taxes | {
        "id": one.id,
        "person": one.person,
        "purpose": one.purpose,
        "sku": one.sku,
        "line": one.line.value,
        "net": one.sale.net,
        "state": one.state,
        "source": one.source,
        "status": one.status,
        "opened_at": one.opened_at,
        "version": one.version,
        "expires_at": one.expires_at,
        "captured_at": one.captured_at,
        "subscription": one.subscription,
        "period_start": period[0],
        "period_end": period[1],
        "checkout_ref": one.checkout,
        "payment_ref": one.ref,
        "address": one.address,
        "dispute": one.dispute,
        "decline": one.decline,
    }


def _first(rows: Sequence[Sequence[Any]]) -> Payment | None:
    return payment_of(rows[0]) if rows else None
