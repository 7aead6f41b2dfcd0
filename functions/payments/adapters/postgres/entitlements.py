"""What people may use, in PostgreSQL: a person's row of ``standings`` is the lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.model.entitlement import Cause, Entitlement, Standing, standing
from payments.model.ledger import PersonId
from payments.ports.entitlements import Tell

_READ: Final[LiteralString] = (
    "SELECT cause::text, person::text, starts_at, plan, item, ends_at, kyc, revoked_for FROM entitlements"
)
_LOCK: Final[LiteralString] = """
INSERT INTO standings AS known (person, version, plan, valid_until, items, told_at)
VALUES (%s, 0, 'free', NULL, '{}', %s)
ON CONFLICT (person) DO UPDATE SET person = known.person
RETURNING version, plan, valid_until, items
"""
_PUT: Final[LiteralString] = """
INSERT INTO entitlements (cause, person, starts_at, plan, item, ends_at, kyc, revoked_for, changed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (cause) DO UPDATE SET starts_at = EXCLUDED.starts_at, plan = EXCLUDED.plan, item = EXCLUDED.item,
    ends_at = EXCLUDED.ends_at, kyc = EXCLUDED.kyc, revoked_for = EXCLUDED.revoked_for,
    changed_at = EXCLUDED.changed_at
WHERE entitlements.person = EXCLUDED.person
"""
_TOLD: Final[LiteralString] = """
UPDATE standings SET version = %s, plan = %s, valid_until = %s, items = %s, told_at = %s WHERE person = %s
"""


class PostgresEntitlements:
    """Facts and what was told of them; ``relay`` publishes after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def find(self, cause: Cause) -> Entitlement | None:
        """Read one fact."""
        row = self._db.one(f"{_READ} WHERE cause = %s", (cause,))
        return _fact(row) if row else None

    def of(self, person: PersonId) -> list[Entitlement]:
        """Read a person's facts."""
        return [_fact(row) for row in self._db.all(f"{_READ} WHERE person = %s ORDER BY cause", (person,))]

    def change(self, person: PersonId, facts: Sequence[Entitlement], at: datetime, tell: Tell) -> Standing:
        """Lock, put, fold, and tell what changed."""
        with self._db.transaction():
            row = self._db.one(_LOCK, (person, at))
            assert row is not None, "an upsert returns its row"
            for one in facts:
                self._db.run(_PUT, (*_values(one), at))
            now = standing(self.of(person), at)
            if now != Standing(row[1], row[2], tuple(row[3])):
                version = row[0] + 1
                self._db.run(_TOLD, (version, now.plan, now.valid_until, list(now.items), at, person))
                self._outbox.append(tell(now, version))
        return now


def _fact(row: Sequence[Any]) -> Entitlement:
    return Entitlement(*row)


def _values(one: Entitlement) -> tuple[Any, ...]:
    return (
        one.cause,
        one.person,
        one.starts_at,
        one.plan,
        one.item,
        one.ends_at,
        one.kyc,
        one.revoked_for,
    )
