"""The chains in PostgreSQL: appended to through one function, in one round trip a batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from audit.model.entry import Appended, Chain, Entry, EntryId, Facts, Head, Incoming, Kind
from audit.ports.log import Place, SearchQuery
from kit import failpoint
from kit.stores.postgres import Database

_APPEND = (
    "SELECT appended, referenced, repeated, conflicting FROM append(%s::text, %s::integer, %s::timestamptz,"
    " %s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[], %s::uuid[], %s::text[], %s::text[], %s::text[],"
    " %s::timestamptz[])"
)
_COLUMNS: LiteralString = (
    'e.id, e.topic, e.partition, e.index, e."offset", e.kind, e.timestamp_ms, e.recorded_at, e.key, e.value,'
    " e.content, e.hash, e.event_id, e.type, e.subject, e.actor, e.happened_at"
)
_SPAN = (
    f"SELECT {_COLUMNS} FROM entries e WHERE e.topic = %s AND e.partition = %s AND e.index > %s"
    " ORDER BY e.month, e.index LIMIT %s"
)
_FIND = (
    f"SELECT {_COLUMNS} FROM places p JOIN entries e"
    " ON (e.topic, e.partition, e.month, e.index) = (p.topic, p.partition, p.month, p.index) WHERE p.id = %s"
)
_HASHES = (
    "SELECT e.topic, e.partition, e.index, e.hash FROM unnest(%s::text[], %s::integer[], %s::bigint[])"
    " AS wanted (topic, partition, index) JOIN entries e USING (topic, partition, index)"
)
_CONTENTS = (
    "SELECT p.id, e.content FROM places p JOIN entries e"
    " ON (e.topic, e.partition, e.month, e.index) = (p.topic, p.partition, p.month, p.index)"
    " WHERE p.id = ANY(%s::uuid[])"
)
_FILTERS: Mapping[str, LiteralString] = {
    "topic": "e.topic = %(topic)s",
    "type": "e.type = %(type)s",
    "subject": "e.subject = %(subject)s",
    "actor": "e.actor = %(actor)s",
    "since": "e.recorded_at >= %(since)s",
    "until": "e.recorded_at < %(until)s",
}
_BEFORE: LiteralString = "(e.recorded_at, e.id) < (%(at)s, %(id)s::uuid)"


class PostgresLog:
    """See :class:`audit.ports.EventLog`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, chain: Chain, records: Sequence[Incoming], at: datetime) -> Appended:
        """Append in one round trip."""
        facts = [one.facts for one in records]
        row = self._db.one(
            _APPEND,
            (
                chain.topic,
                chain.partition,
                at,
                [one.offset for one in records],
                [one.timestamp_ms for one in records],
                [one.key for one in records],
                [one.value for one in records],
                [one.event_id for one in facts],
                [one.type for one in facts],
                [one.subject for one in facts],
                [one.actor for one in facts],
                [one.happened_at for one in facts],
            ),
        )
        failpoint.hit("audit.appended")
        assert row is not None
        return Appended(*row)

    def heads(self) -> list[Head]:
        """Read the ends."""
        rows = self._db.all(
            "SELECT topic, partition, length, hash FROM chains WHERE length > 0 ORDER BY topic, partition"
        )
        return [Head(Chain(row[0], row[1]), row[2], bytes(row[3])) for row in rows]

    def span(self, chain: Chain, after: int, at_most: int) -> list[Entry]:
        """Read on."""
        rows = self._db.all(_SPAN, (chain.topic, chain.partition, after, at_most))
        return [entry_of(row) for row in rows]

    def find(self, entry_id: EntryId) -> Entry | None:
        """Look it up."""
        row = self._db.one(_FIND, (entry_id,))
        return None if row is None else entry_of(row)

    def search(self, query: SearchQuery) -> list[Entry]:
        """Search along the index of what is asked."""
        asked = {name: value for name in _FILTERS if (value := getattr(query, name)) is not None}
        conditions = [_FILTERS[name] for name in asked]
        params: dict[str, Any] = {**asked, "limit": query.limit}
        if query.before is not None:
            conditions.append(_BEFORE)
            params |= {"at": query.before[0], "id": query.before[1]}
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._db.all(
            f"SELECT {_COLUMNS} FROM entries e{where} ORDER BY e.recorded_at DESC, e.id DESC LIMIT %(limit)s",
            params,
        )
        return [entry_of(row) for row in rows]

    def hashes(self, places: Sequence[Place]) -> Mapping[Place, bytes]:
        """Read them at once."""
        chains = [chain for chain, _ in places]
        rows = self._db.all(
            _HASHES,
            (
                [one.topic for one in chains],
                [one.partition for one in chains],
                [index for _, index in places],
            ),
        )
        return {(Chain(row[0], row[1]), row[2]): bytes(row[3]) for row in rows}

    def contents(self, event_ids: Sequence[str]) -> Mapping[str, bytes]:
        """Read them at once."""
        rows = self._db.all(_CONTENTS, (list(event_ids),))
        return {str(row[0]): bytes(row[1]) for row in rows}

    def counts(self) -> Mapping[str, int]:
        """Add up the chains' lengths."""
        rows = self._db.all("SELECT topic, sum(length)::bigint FROM chains GROUP BY topic ORDER BY topic")
        return {row[0]: row[1] for row in rows}

    def conflicts(self) -> int:
        """Count them."""
        row = self._db.one("SELECT count(*) FROM conflicts")
        assert row is not None
        return int(row[0])

    def keep_months(self, at: datetime) -> int:
        """Make the partitions of this month and the two after it; return how many were missing."""
        row = self._db.one("SELECT keep_months(%s)", (at,))
        assert row is not None
        return int(row[0])


def entry_of(row: Sequence[Any]) -> Entry:
    """Return the entry in a row of ``_COLUMNS``."""
    facts = Facts(None if row[12] is None else str(row[12]), *row[13:17])
    return Entry(
        id=EntryId(str(row[0])),
        chain=Chain(row[1], row[2]),
        index=row[3],
        offset=row[4],
        kind=Kind(row[5]),
        timestamp_ms=row[6],
        recorded_at=row[7],
        key=_bytes(row[8]),
        value=_bytes(row[9]),
        content=bytes(row[10]),
        hash=bytes(row[11]),
        facts=facts,
    )


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
