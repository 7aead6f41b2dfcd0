"""Legal holds and engagements in PostgreSQL."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, LiteralString

from kit.outbox import Outbox
from kit.stores.postgres import Database
from privacy.adapters.postgres.writing import write
from privacy.model.export import PersonId
from privacy.model.hold import Hold, HoldId
from privacy.ports.books import EngagementKind, Facts

_READ: Final[LiteralString] = """
SELECT id::text, person::text, reason, set_by::text, set_at, until_at, released_by::text,
    released_at FROM holds
"""
_INSERT: Final[LiteralString] = """
INSERT INTO holds (id, person, reason, set_by, set_at, until_at)
VALUES (%(id)s, %(person)s, %(reason)s, %(set_by)s, %(set_at)s, %(until)s)
"""
_RELEASE: Final[LiteralString] = (
    "UPDATE holds SET released_by = %s, released_at = %s WHERE id = %s AND released_at IS NULL"
)
_LATEST: Final[LiteralString] = (
    "SELECT max(until_at) FROM holds WHERE person = %s AND released_at IS NULL AND until_at > %s"
)
_PAGE: Final[LiteralString] = """
 WHERE (%(person)s::uuid IS NULL OR person = %(person)s::uuid)
    AND (%(at)s::timestamptz IS NULL OR (set_at, holds.id) < (%(at)s::timestamptz, %(id)s::uuid))
ORDER BY set_at DESC, holds.id DESC LIMIT %(limit)s
"""
_GUARD: Final[LiteralString] = (
    "SELECT pg_advisory_xact_lock(hashtextextended('privacy:hold:' || %s::text, 0))"
)
_FOLLOW: Final[LiteralString] = """
INSERT INTO engagements AS known (kind, id, person, open, version) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (kind, id) DO UPDATE SET open = EXCLUDED.open, version = EXCLUDED.version
WHERE known.version < EXCLUDED.version
"""


class PostgresHolds:
    """See :class:`privacy.ports.HoldBook`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def guard(self, person: PersonId) -> None:
        """Take the person's advisory lock."""
        self._db.one(_GUARD, (person,))

    def add(self, hold: Hold, facts: Facts) -> None:
        """Insert and tell."""
        with self._db.transaction():
            self._db.run(_INSERT, asdict(hold))
            self._outbox.append(*facts)

    def find(self, id: HoldId) -> Hold | None:  # noqa: A002 - the port's name
        """Read by id."""
        row = self._db.one(f"{_READ} WHERE id = %s", (id,))
        return _hold(row) if row else None

    def release(self, id: HoldId, by: str, at: datetime, facts: Facts) -> bool:  # noqa: A002 - as above
        """Set what was not set, and tell."""
        return write(self._db, self._outbox, _RELEASE, (by, at, id), facts)

    def latest(self, person: PersonId, now: datetime) -> datetime | None:
        """Read the maximum."""
        row = self._db.one(_LATEST, (person, now))
        return row[0] if row else None

    def page(self, person: PersonId | None, after: tuple[datetime, HoldId] | None, limit: int) -> list[Hold]:
        """Read by set time."""
        at, last = after or (None, None)
        rows = self._db.all(_READ + _PAGE, {"person": person, "at": at, "id": last, "limit": limit})
        return [_hold(row) for row in rows]


class PostgresEngagements:
    """See :class:`privacy.ports.Engagements`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def follow(self, kind: EngagementKind, id: str, person: PersonId, version: int, *, is_open: bool) -> None:  # noqa: A002 - as above
        """Insert, or overwrite an older version."""
        self._db.run(_FOLLOW, (kind, id, person, is_open, version))

    def open_of(self, person: PersonId) -> tuple[EngagementKind, ...]:
        """Read the kinds."""
        query = "SELECT DISTINCT kind FROM engagements WHERE person = %s AND open ORDER BY kind"
        return tuple(row[0] for row in self._db.all(query, (person,)))


def _hold(row: tuple[Any, ...]) -> Hold:
    return Hold(HoldId(row[0]), PersonId(row[1]), *row[2:])
