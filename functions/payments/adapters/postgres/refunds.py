"""Refunds in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit import outbox
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.model.gateway import RefundRef
from payments.model.ledger import Book, PersonId
from payments.model.offer import Sku
from payments.model.payment import PaymentId
from payments.model.refund import Done, Refund, RefundId, RefundStatus
from payments.model.sale import Gst, Sale

_COLUMNS: Final[LiteralString] = (
    "id, payment, person, sku, line, net, cgst, sgst, igst, revokes, origin, requested_by, requested_at,"
    " reason, policy_version, quoted, override, status, version, decided_by, decided_at, decision,"
    " gateway_ref, failure, steps"
)
_READ: Final[LiteralString] = (
    "SELECT refunds.id::text, payment::text, person::text, sku, line, net, cgst, sgst, igst, revokes, origin,"
    " requested_by, requested_at, reason, policy_version, quoted, override, status, version, decided_by,"
    " decided_at, decision, gateway_ref, failure, steps FROM refunds"
)
_INSERT: Final[LiteralString] = (
    f"INSERT INTO refunds ({_COLUMNS}) SELECT %(id)s, %(payment)s, %(person)s, %(sku)s, %(line)s, %(net)s,"
    " %(cgst)s, %(sgst)s, %(igst)s, %(revokes)s, %(origin)s, %(requested_by)s, %(requested_at)s, %(reason)s,"
    " %(policy_version)s, %(quoted)s, %(override)s, %(status)s, %(version)s, %(decided_by)s, %(decided_at)s,"
    " %(decision)s, %(gateway_ref)s, %(failure)s, %(steps)s"
    " WHERE %(origin)s = 'gateway' OR NOT EXISTS (SELECT FROM refunds WHERE payment = %(payment)s"
    " AND origin <> 'gateway' AND status IN ('requested', 'approved', 'reversing'))"
    " ON CONFLICT DO NOTHING RETURNING id"
)
# what was asked for is never written again
_UPDATE: Final[LiteralString] = """
UPDATE refunds SET status = %(status)s, version = %(version)s, decided_by = %(decided_by)s,
    decided_at = %(decided_at)s, decision = %(decision)s, gateway_ref = %(gateway_ref)s,
    failure = %(failure)s, steps = %(steps)s
WHERE id = %(id)s AND version = %(was)s RETURNING id
"""
_TAXES: Final = (Gst.CGST, Gst.SGST, Gst.IGST)


class PostgresRefunds:
    """One row a refund; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def find(self, refund_id: RefundId) -> Refund | None:
        """Read by id."""
        row = self._db.one(f"{_READ} WHERE id = %s", (refund_id,))
        return _refund(row) if row else None

    def of_payment(self, payment_id: PaymentId) -> list[Refund]:
        """Read those of a payment."""
        rows = self._db.all(f"{_READ} WHERE payment = %s ORDER BY requested_at, refunds.id", (payment_id,))
        return [_refund(row) for row in rows]

    def put(self, refund: Refund, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Insert or compare and set, with the events, in one round trip.

        Two requests for one payment at the same instant meet at an index.
        """
        changed = _UPDATE if was else _INSERT
        command: LiteralString = (
            f"WITH changed AS ({changed}), {outbox.rows_cte('changed')} SELECT count(*) FROM changed"
        )
        row = self._db.one(command, _params(refund) | {"was": was} | outbox.params(*events))
        kept = row is not None and row[0] == 1
        if kept:
            self._outbox.wake(*events)
        return kept

    def page(
        self,
        person: PersonId | None,
        status: RefundStatus | None,
        before: tuple[datetime, RefundId] | None,
        limit: int,
    ) -> list[Refund]:
        """Read a page by keys."""
        query: LiteralString = f"{_READ} WHERE true"
        params: list[Any] = []
        if person is not None:
            query, params = query + " AND person = %s", [*params, person]
        if status is not None:
            query, params = query + " AND status = %s", [*params, status]
        if before is not None:
            query, params = query + " AND (requested_at, refunds.id) < (%s, %s)", [*params, *before]
        query += " ORDER BY requested_at DESC, refunds.id DESC LIMIT %s"
        return [_refund(row) for row in self._db.all(query, (*params, limit))]


def _refund(row: Sequence[Any]) -> Refund:
    taxes = tuple((kind, paise) for kind, paise in zip(_TAXES, row[6:9], strict=True) if paise)
    return Refund(
        id=RefundId(row[0]),
        payment=PaymentId(row[1]),
        person=PersonId(row[2]),
        sku=Sku(row[3]),
        line=Book(row[4]),
        sale=Sale(row[5], taxes),
        revokes=row[9],
        origin=row[10],
        requested_by=row[11],
        requested_at=row[12],
        reason=row[13],
        policy_version=row[14],
        quoted=row[15],
        override=row[16],
        status=row[17],
        version=row[18],
        decided_by=row[19],
        decided_at=row[20],
        decision=row[21],
        gateway_ref=RefundRef(row[22]) if row[22] else None,
        failure=row[23],
        steps=msgspec.convert(row[24], tuple[Done, ...]),
    )


def _params(one: Refund) -> dict[str, Any]:
    plain = (
        "id", "payment", "person", "sku", "revokes", "origin", "requested_by", "requested_at", "reason",
        "policy_version", "quoted", "override", "status", "version", "decided_by", "decided_at", "decision",
        "gateway_ref", "failure",
    )  # fmt: skip
    taxes = {kind.value: one.sale.tax(kind) for kind in _TAXES}
    steps = Jsonb(msgspec.to_builtins(one.steps))
    return (
        {name: getattr(one, name) for name in plain}
        | taxes
        | {
            "line": one.line.value,
            "net": one.sale.net,
            "steps": steps,
        }
    )
