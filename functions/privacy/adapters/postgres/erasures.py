"""Erasures and what domains answered, in PostgreSQL."""

from dataclasses import asdict
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit.outbox import Outbox
from kit.stores.postgres import Database
from privacy.adapters.postgres.writing import write
from privacy.model.erasure import Answer, Erasure, ErasureId, Kept
from privacy.model.export import PersonId
from privacy.ports.books import Facts

_READ: Final[LiteralString] = """
SELECT id::text, person::text, domains, requested_at, due_at, state, version, began_at, ended_at FROM erasures
"""
_INSERT: Final[LiteralString] = """
INSERT INTO erasures (id, person, domains, requested_at, due_at, state, version, began_at, ended_at)
VALUES (%(id)s, %(person)s, %(domains)s, %(requested_at)s, %(due_at)s, %(state)s, %(version)s, %(began_at)s,
    %(ended_at)s)
ON CONFLICT DO NOTHING
"""
_UPDATE: Final[LiteralString] = """
UPDATE erasures SET state = %(state)s, version = %(version)s, began_at = %(began_at)s, ended_at = %(ended_at)s
WHERE id = %(id)s AND version = %(was)s
"""
_ANSWER: Final[LiteralString] = """
INSERT INTO erasure_answers (erasure, domain, removed, kept, told_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


class PostgresErasures:
    """See :class:`privacy.ports.ErasureBook`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def open(self, one: Erasure, facts: Facts) -> bool:
        """Insert; the unique index lets one stand at a time."""
        return self._write(_INSERT, one, 0, facts)

    def find(self, id: ErasureId) -> Erasure | None:  # noqa: A002 - the port's name
        """Read by id."""
        return _erasure(self._db.one(f"{_READ} WHERE id = %s", (id,)))

    def lock(self, id: ErasureId) -> Erasure | None:  # noqa: A002 - as above
        """Read for update."""
        return _erasure(self._db.one(f"{_READ} WHERE id = %s FOR UPDATE", (id,)))

    def newest(self, person: PersonId) -> Erasure | None:
        """Read the last one."""
        query: LiteralString = (
            f"{_READ} WHERE person = %s ORDER BY requested_at DESC, erasures.id DESC LIMIT 1"
        )
        return _erasure(self._db.one(query, (person,)))

    def save(self, changed: Erasure, was: int, facts: Facts = ()) -> bool:
        """Compare and set."""
        return self._write(_UPDATE, changed, was, facts)

    def add_answer(self, id: ErasureId, answer: Answer) -> None:  # noqa: A002 - as above
        """Insert unless it is there."""
        kept = Jsonb(msgspec.to_builtins(answer.kept))
        self._db.run(_ANSWER, (id, answer.domain, Jsonb(answer.removed), kept, answer.told_at))

    def answers(self, id: ErasureId) -> tuple[Answer, ...]:  # noqa: A002 - as above
        """Read them."""
        query = (
            "SELECT domain, removed, kept, told_at FROM erasure_answers WHERE erasure = %s ORDER BY domain"
        )
        return tuple(
            Answer(domain, removed, msgspec.convert(kept, tuple[Kept, ...]), told_at)
            for domain, removed, kept, told_at in self._db.all(query, (id,))
        )

    def _write(self, command: LiteralString, one: Erasure, was: int, facts: Facts) -> bool:
        row = asdict(one) | {"domains": list(one.domains), "was": was}
        return write(self._db, self._outbox, command, row, facts)


def _erasure(row: tuple[Any, ...] | None) -> Erasure | None:
    return Erasure(ErasureId(row[0]), PersonId(row[1]), tuple(row[2]), *row[3:]) if row else None
