"""Webhooks and read-back states in PostgreSQL."""

from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit import clock, outbox
from kit.events import Event
from kit.events.payment_events import GatewayNotified
from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.model.gateway import Checkout
from payments.model.notice import GatewayState, Notice, NoticeId, PaymentState, SubscriptionState

_INSERT: Final[LiteralString] = """
INSERT INTO gateway_notices (id, type, kind, subject, occurred_at, received_at, body)
VALUES (%(id)s, %(type)s, %(kind)s, %(subject)s, %(occurred_at)s, %(received_at)s, %(body)s)
ON CONFLICT (id) DO NOTHING RETURNING id
"""
_RECEIVE: Final[LiteralString] = f"""
WITH changed AS ({_INSERT}), {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""
_SETTLE: Final[LiteralString] = """
UPDATE gateway_notices SET body = NULL, settled_at = %s WHERE id = %s AND settled_at IS NULL
"""
_KEEP: Final[LiteralString] = """
INSERT INTO gateway_states AS known (ref, kind, own_id, status, state, reading, changed_at)
VALUES (%(ref)s, %(kind)s, %(own_id)s, %(status)s, %(state)s, %(reading)s, %(at)s)
ON CONFLICT (ref) DO UPDATE SET own_id = EXCLUDED.own_id, status = EXCLUDED.status, state = EXCLUDED.state,
    reading = EXCLUDED.reading,
    changed_at = CASE WHEN known.state = EXCLUDED.state THEN known.changed_at ELSE EXCLUDED.changed_at END
WHERE known.reading <= EXCLUDED.reading
"""
_TYPES: Final[dict[str, type[PaymentState | SubscriptionState | Checkout]]] = {
    "payment": PaymentState,
    "subscription": SubscriptionState,
    "checkout": Checkout,
}


class PostgresNotices:
    """Each webhook in one table; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def next_version(self) -> int:
        """Take from the sequence."""
        return _next(self._db, "SELECT nextval('notice_versions')")

    def receive(self, notice: Notice, event: Event[GatewayNotified] | None) -> bool:
        """Insert and tell in one command."""
        params = {name: getattr(notice, name) for name in Notice.__dataclass_fields__}
        if event is None:
            return self._db.one(_INSERT, params) is not None
        row = self._db.one(_RECEIVE, params | outbox.params(event))
        received = row is not None and row[0] == 1
        if received:
            self._outbox.wake(event)
        return received

    def settle(self, notice_id: NoticeId) -> None:
        """Drop the body."""
        self._db.run(_SETTLE, (clock.now(), notice_id))


class PostgresStates:
    """One row a subject; the state as a whole stands in JSON, what is looked for beside it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def next_reading(self) -> int:
        """Take from the sequence."""
        return _next(self._db, "SELECT nextval('gateway_readings')")

    def keep(self, state: GatewayState, reading: int) -> bool:
        """Insert, or update what an earlier reading found."""
        params = {"state": Jsonb(msgspec.to_builtins(state)), "reading": reading, "at": clock.now()}
        return bool(self._db.run(_KEEP, _columns(state) | params))

    def find(self, ref: str) -> GatewayState | None:
        """Return the state."""
        row = self._db.one("SELECT kind, state FROM gateway_states WHERE ref = %s", (ref,))
        return msgspec.convert(row[1], _TYPES[row[0]]) if row else None


def _next(db: Database, query: LiteralString) -> int:
    row = db.one(query, ())
    assert row is not None, "a sequence always answers"
    return int(row[0])


def _columns(state: GatewayState) -> dict[str, Any]:
    if isinstance(state, Checkout):
        kind, own, of = "checkout", state.reference or None, state
        return {"ref": of.ref, "kind": kind, "own_id": own, "status": of.status}
    if isinstance(state, PaymentState):
        paid = state.payment
        return {"ref": paid.ref, "kind": "payment", "own_id": paid.payment_id, "status": paid.status}
    found = state.subscription
    return {"ref": found.ref, "kind": "subscription", "own_id": found.subscription_id, "status": found.status}
