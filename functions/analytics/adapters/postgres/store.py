"""The event store of ``audit``, through the two functions that its migrations let us execute."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg import errors

from analytics.ports import Chain, Head, Stored
from kit.errors import Retryable
from kit.stores.postgres import Database

_HEADS: Final[LiteralString] = "SELECT topic, part, length, recorded_at FROM audit.heads()"
_READ: Final[LiteralString] = """
SELECT index, event_id, type, recorded_at, value FROM audit.read_events(%s, %s, %s, %s) ORDER BY index
"""
_NOT_THERE: Final = (errors.InvalidSchemaName, errors.UndefinedFunction, errors.InsufficientPrivilege)


class PostgresEventStore:
    """See :class:`analytics.ports.EventStore`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def heads(self) -> Sequence[Head]:
        """One query."""
        return [Head(Chain(topic, part), length, at) for topic, part, length, at in self._ask(_HEADS, ())]

    def read(self, chain: Chain, after: int, at_most: int) -> Sequence[Stored]:
        """One query; the store bounds a page itself."""
        return [
            Stored(index, str(event) if event else None, kind, at, None if value is None else bytes(value))
            for index, event, kind, at, value in self._ask(_READ, (*chain, after, at_most))
        ]

    def _ask(self, sql: LiteralString, given: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._db.all(sql, given)
        except _NOT_THERE as error:
            raise Retryable("the event store is not there yet: it comes with the domain audit") from error
