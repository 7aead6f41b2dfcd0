"""Exports and their parts in PostgreSQL."""

from dataclasses import asdict, astuple
from typing import Any, Final, LiteralString

from kit.outbox import Outbox
from kit.stores.postgres import Database
from privacy.adapters.postgres.writing import write
from privacy.model.export import Export, ExportId, Part, PersonId
from privacy.ports.books import Facts

_READ: Final[LiteralString] = """
SELECT id::text, person::text, domains, requested_at, state, version, late_since, ready_at, expires_at,
    sha256, size
FROM exports
"""
_INSERT: Final[LiteralString] = """
INSERT INTO exports (id, person, domains, requested_at, state, version, late_since, ready_at, expires_at,
    sha256, size)
VALUES (%(id)s, %(person)s, %(domains)s, %(requested_at)s, %(state)s, %(version)s, %(late_since)s,
    %(ready_at)s,
    %(expires_at)s, %(sha256)s, %(size)s)
ON CONFLICT DO NOTHING
"""
_UPDATE: Final[LiteralString] = """
UPDATE exports SET state = %(state)s, version = %(version)s, late_since = %(late_since)s,
    ready_at = %(ready_at)s,
    expires_at = %(expires_at)s, sha256 = %(sha256)s, size = %(size)s
WHERE id = %(id)s AND version = %(was)s
"""
_PART: Final[LiteralString] = """
INSERT INTO export_parts (export, domain, sha256, records, pages, told_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""

_PARTS: Final[LiteralString] = """
SELECT domain, sha256, records, pages, told_at FROM export_parts WHERE export = %s ORDER BY domain
"""


class PostgresExports:
    """See :class:`privacy.ports.ExportBook`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def open(self, one: Export, facts: Facts) -> bool:
        """Insert; the unique index lets one be made at a time."""
        return self._write(_INSERT, one, 0, facts)

    def find(self, id: ExportId) -> Export | None:  # noqa: A002 - the port's name
        """Read by id."""
        return _export(self._db.one(f"{_READ} WHERE id = %s", (id,)))

    def lock(self, id: ExportId) -> Export | None:  # noqa: A002 - as above
        """Read for update."""
        return _export(self._db.one(f"{_READ} WHERE id = %s FOR UPDATE", (id,)))

    def newest(self, person: PersonId) -> Export | None:
        """Read the last one."""
        query: LiteralString = (
            f"{_READ} WHERE person = %s ORDER BY requested_at DESC, exports.id DESC LIMIT 1"
        )
        return _export(self._db.one(query, (person,)))

    def kept(self, person: PersonId) -> list[ExportId]:
        """Read their ids."""
        rows = self._db.all(
            "SELECT id::text FROM exports WHERE person = %s AND state <> 'expired'", (person,)
        )
        return [ExportId(row[0]) for row in rows]

    def save(self, changed: Export, was: int, facts: Facts = ()) -> bool:
        """Compare and set."""
        return self._write(_UPDATE, changed, was, facts)

    def add_part(self, id: ExportId, part: Part) -> None:  # noqa: A002 - as above
        """Insert unless it is there."""
        self._db.run(_PART, (id, *astuple(part)))

    def parts(self, id: ExportId) -> tuple[Part, ...]:  # noqa: A002 - as above
        """Read them."""
        return tuple(Part(*row) for row in self._db.all(_PARTS, (id,)))

    def _write(self, command: LiteralString, one: Export, was: int, facts: Facts) -> bool:
        row = asdict(one) | {"domains": list(one.domains), "was": was}
        return write(self._db, self._outbox, command, row, facts)


def _export(row: tuple[Any, ...] | None) -> Export | None:
    return Export(ExportId(row[0]), PersonId(row[1]), tuple(row[2]), *row[3:]) if row else None
