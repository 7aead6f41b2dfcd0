"""Subscriptions and the names of prices in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit import clock, outbox
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.model.gateway import PriceRef, SubscriptionRef
from payments.model.ledger import Book, PersonId
from payments.model.payment import SubscriptionId
from payments.model.subscription import Subscription

_READ: Final[LiteralString] = "SELECT state FROM subscriptions"
_INSERT: Final[LiteralString] = """
INSERT INTO subscriptions (id, person, line, life, ref, opened_at, version, state, changed_at)
VALUES (%(id)s, %(person)s, %(line)s, %(life)s, %(ref)s, %(opened_at)s, %(version)s, %(state)s, %(at)s)
ON CONFLICT DO NOTHING RETURNING id
"""
_UPDATE: Final[LiteralString] = """
UPDATE subscriptions SET life = %(life)s, ref = %(ref)s, version = %(version)s, state = %(state)s,
    changed_at = %(at)s
WHERE id = %(id)s AND version = %(was)s RETURNING id
"""


class PostgresSubscriptions:
    """One row each: the whole in JSON, what is looked for beside it; ``relay`` publishes what is told."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def find(self, subscription_id: SubscriptionId) -> Subscription | None:
        """Read by id."""
        return _first(self._db.all(f"{_READ} WHERE id = %s", (subscription_id,)))

    def of_ref(self, ref: SubscriptionRef) -> Subscription | None:
        """Read by the gateway's id."""
        return _first(self._db.all(f"{_READ} WHERE ref = %s", (ref,)))

    def live(self, person: PersonId, line: Book) -> Subscription | None:
        """Read by the partial index that allows one."""
        where: LiteralString = (
            " WHERE person = %s AND line = %s AND life IN ('pending', 'trialing', 'active', 'past_due')"
        )
        return _first(self._db.all(_READ + where, (person, line.value)))

    def of_person(self, person: PersonId) -> list[Subscription]:
        """Read the newest."""
        rows = self._db.all(
            f"{_READ} WHERE person = %s ORDER BY opened_at DESC, id DESC LIMIT 100", (person,)
        )
        return [_subscription(row) for row in rows]

    def put(self, one: Subscription, was: int, events: Sequence[Event[Any]] = ()) -> bool:
        """Insert or compare and set, with the events, in one round trip."""
        changed = _UPDATE if was else _INSERT
        command: LiteralString = (
            f"WITH changed AS ({changed}), {outbox.rows_cte('changed')} SELECT count(*) FROM changed"
        )
        row = self._db.one(command, _params(one) | {"was": was} | outbox.params(*events))
        kept = row is not None and row[0] == 1
        if kept:
            self._outbox.wake(*events)
        return kept


class PostgresPriceNames:
    """One row a price of the gateway's."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, ref: PriceRef, name: str) -> None:
        """Insert once."""
        self._db.run(
            "INSERT INTO gateway_prices (ref, name) VALUES (%s, %s) ON CONFLICT (ref) DO NOTHING", (ref, name)
        )

    def name_of(self, ref: PriceRef) -> str | None:
        """Read it."""
        row = self._db.one("SELECT name FROM gateway_prices WHERE ref = %s", (ref,))
        return str(row[0]) if row else None


def _params(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "person": one.person,
        "line": one.line.value,
        "life": one.life,
        "ref": one.ref,
        "opened_at": one.opened_at,
        "version": one.version,
        "state": Jsonb(msgspec.to_builtins(one)),
        "at": clock.now(),
    }


def _subscription(row: Sequence[Any]) -> Subscription:
    return msgspec.convert(row[0], Subscription)


def _first(rows: Sequence[Sequence[Any]]) -> Subscription | None:
    return _subscription(rows[0]) if rows else None
