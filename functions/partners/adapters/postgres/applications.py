"""Applications and plans on PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg import errors

from kit import clock
from kit.events import Event
from kit.identity import Plan
from kit.outbox import Outbox
from kit.stores.postgres import Database
from partners.adapters.postgres.keys import revise
from partners.model.application import Application, ApplicationId, OwnerId
from partners.ports.applications import Placed, Saved

_COLUMNS: Final[LiteralString] = (
    "id::text, owner::text, name, contact, active, suspended, tier, version, created_at, updated_at"
)
_INSERT: Final[LiteralString] = """
INSERT INTO applications (id, owner, name, contact, active, suspended, tier, version, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_UPDATE: Final[LiteralString] = """
UPDATE applications SET name = %s, active = %s, suspended = %s, tier = %s, version = %s, updated_at = %s
WHERE id = %s AND version = %s
"""
_CHANGE: Final[LiteralString] = """
INSERT INTO owners AS o (id, plan, version) VALUES (%s, %s, %s)
ON CONFLICT (id) DO UPDATE SET plan = EXCLUDED.plan, version = EXCLUDED.version
WHERE o.version < EXCLUDED.version
"""
# of somebody unknown the plan is the least until an event or the person's own token tells it
_STAND: Final[LiteralString] = """
INSERT INTO owners AS o (id, plan, version, disabled, standing_version) VALUES (%s, 'free', 0, %s, %s)
ON CONFLICT (id) DO UPDATE SET disabled = EXCLUDED.disabled, standing_version = EXCLUDED.standing_version
WHERE o.standing_version < EXCLUDED.standing_version
"""


class PostgresApplications:
    """See :class:`partners.ports.Applications`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def find(self, owner: OwnerId | None, application: ApplicationId) -> Application | None:
        """Return the application."""
        row = self._db.one(
            f"SELECT {_COLUMNS} FROM applications WHERE id = %(id)s"
            " AND (%(owner)s::uuid IS NULL OR owner = %(owner)s::uuid)",
            {"id": application, "owner": owner},
        )
        return Application(*row) if row else None

    def of(self, owner: OwnerId) -> list[Application]:
        """Return the owner's."""
        rows = self._db.all(
            f"SELECT {_COLUMNS} FROM applications WHERE owner = %s ORDER BY created_at, id", (owner,)
        )
        return [Application(*row) for row in rows]

    def register(self, application: Application, plan: Plan, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new one; one at a time an owner, or two would both be the last."""
        one = application
        with self._db.transaction():
            self._db.run(
                "INSERT INTO owners AS o (id, plan, version) VALUES (%s, %s, 0)"
                " ON CONFLICT (id) DO UPDATE SET plan = EXCLUDED.plan WHERE o.version = 0",
                (one.owner, plan),
            )
            self._db.one("SELECT id FROM owners WHERE id = %s FOR UPDATE", (one.owner,))
            others = self.of(one.owner)
            if any(other.name == one.name for other in others):
                return "taken"
            if len(others) >= at_most:
                return "full"
            values = (one.id, one.owner, one.name, one.contact, one.active, one.suspended, one.tier)
            self._db.run(_INSERT, (*values, one.version, one.created_at, one.updated_at))
            self._outbox.append(event)
        return "placed"

    def save(self, application: Application, expected_version: int, events: Sequence[Event[Any]]) -> Saved:
        """Keep the changed one, and revise its keys."""
        one = application
        values = (one.name, one.active, one.suspended, one.tier, one.version, one.updated_at)
        try:
            with self._db.transaction():
                if self._db.run(_UPDATE, (*values, one.id, expected_version)) != 1:
                    return "stale"
                revise(self._db, "k.application_id = %(of)s", one.id, one.updated_at)
                self._outbox.append(*events)
        except errors.UniqueViolation:
            return "taken"
        return "saved"


class PostgresOwners:
    """See :class:`partners.ports.Owners`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def change(self, owner: OwnerId, plan: Plan, version: int) -> bool:
        """Keep a newer plan, and revise the owner's keys."""
        return self._kept(owner, _CHANGE, (owner, plan, version))

    def stand(self, owner: OwnerId, version: int, *, disabled: bool) -> bool:
        """Keep a newer standing, and revise the owner's keys."""
        return self._kept(owner, _STAND, (owner, disabled, version))

    def _kept(self, owner: OwnerId, change: LiteralString, values: tuple[Any, ...]) -> bool:
        with self._db.transaction():
            kept = self._db.run(change, values) == 1
            if kept:
                revise(self._db, "a.owner = %(of)s", owner, clock.now())
        return kept
