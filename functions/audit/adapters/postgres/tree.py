"""Checkpoints, nodes, anchors and public keys in PostgreSQL. Rows are only ever added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from audit.model.checkpoint import Checkpoint, PublicKey, SignedHead, TreeHead, leaf_data, marks_in
from audit.model.entry import Chain, Head
from audit.model.merkle import Node
from audit.ports.tree import Grow
from kit import failpoint
from kit.stores.postgres import Database

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('audit.checkpoints', 0))"
_COLUMNS: LiteralString = "c.number, c.at, c.leaf, c.root, c.key_id, c.signature"
_LAST = f"SELECT {_COLUMNS} FROM checkpoints c ORDER BY c.number DESC LIMIT 1"
_HEADS = "SELECT topic, partition, length, hash FROM chains WHERE length > 0 ORDER BY topic, partition"
_ADD = (
    "WITH made AS (INSERT INTO checkpoints (number, at, leaf, root, key_id, signature)"
    " VALUES (%(number)s, %(at)s, %(leaf)s, %(root)s, %(key)s, %(signature)s)),"
    " grown AS (INSERT INTO nodes (level, place, hash)"
    " SELECT * FROM unnest(%(levels)s::smallint[], %(places)s::bigint[], %(hashes)s::bytea[]))"
    " INSERT INTO marks (topic, partition, length, number)"
    " SELECT m.topic, m.partition, m.length, %(number)s FROM unnest(%(topics)s::text[], %(parts)s::integer[],"
    " %(lengths)s::bigint[]) AS m (topic, partition, length) ON CONFLICT DO NOTHING"
)
_WAITING = (
    f"SELECT {_COLUMNS} FROM checkpoints c WHERE NOT EXISTS"
    " (SELECT FROM anchors a WHERE a.number = c.number) ORDER BY c.number LIMIT 100"
)
_COUNTS: LiteralString = f"SELECT {_COLUMNS} FROM checkpoints c JOIN anchors a USING (number)"
_NEWEST = f"{_COUNTS} ORDER BY c.number DESC LIMIT 1"
_AT = f"{_COUNTS} WHERE c.number = %s"
_PAGE = f"{_COUNTS} WHERE (c.number < %(before)s) IS NOT FALSE ORDER BY c.number DESC LIMIT %(limit)s"
_COVERING = (
    "SELECT m.number FROM marks m JOIN anchors a USING (number)"
    " WHERE m.topic = %s AND m.partition = %s AND m.length >= %s ORDER BY m.length LIMIT 1"
)
_NODES = (
    "SELECT n.level, n.place, n.hash FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, place)"
    " JOIN nodes n USING (level, place)"
)


class PostgresTree:
    """See :class:`audit.ports.CheckpointTree`. The heads are those of ``origin``."""

    def __init__(self, db: Database, origin: str) -> None:
        self._db = db
        self._origin = origin

    def grow(self, make: Grow) -> Checkpoint | None:
        """Read and add under one lock."""
        with self._db.transaction():
            self._db.one(_LOCK)
            last = self._db.one(_LAST)
            growth = make(
                self._checkpoint(last) if last else None, [_head(row) for row in self._db.all(_HEADS)]
            )
            if growth is None:
                return None
            self._db.run(_ADD, _params(growth.checkpoint, growth.nodes))
            failpoint.hit("audit.checkpoint.written")
        return growth.checkpoint

    def unanchored(self) -> list[Checkpoint]:
        """Read what waits."""
        return [self._checkpoint(row) for row in self._db.all(_WAITING)]

    def anchor(self, number: int, address: str, at: datetime) -> None:
        """Add the first."""
        self._db.run(
            "INSERT INTO anchors (number, address, anchored_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (number, address, at),
        )

    def newest(self) -> Checkpoint | None:
        """Read the newest."""
        row = self._db.one(_NEWEST)
        return None if row is None else self._checkpoint(row)

    def at(self, number: int) -> Checkpoint | None:
        """Read one."""
        row = self._db.one(_AT, (number,))
        return None if row is None else self._checkpoint(row)

    def page(self, before: int | None, limit: int) -> list[Checkpoint]:
        """Read downwards."""
        rows = self._db.all(_PAGE, {"before": before, "limit": limit})
        return [self._checkpoint(row) for row in rows]

    def covering(self, chain: Chain, index: int) -> int | None:
        """Look along the chain's marks."""
        row = self._db.one(_COVERING, (chain.topic, chain.partition, index))
        return None if row is None else int(row[0])

    def nodes(self, wanted: Sequence[Node]) -> Mapping[Node, bytes]:
        """Read them at once."""
        if not wanted:
            return {}
        rows = self._db.all(_NODES, ([one[0] for one in wanted], [one[1] for one in wanted]))
        return {(row[0], row[1]): bytes(row[2]) for row in rows}

    def address(self, number: int) -> str | None:
        """Read it."""
        row = self._db.one("SELECT address FROM anchors WHERE number = %s", (number,))
        return None if row is None else str(row[0])

    def _checkpoint(self, row: Sequence[Any]) -> Checkpoint:
        head = TreeHead(self._origin, row[0], bytes(row[3]), row[1])
        return Checkpoint(SignedHead(head, row[4], bytes(row[5])), marks_in(bytes(row[2])))


class PostgresKeys:
    """See :class:`audit.ports.Keys`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[PublicKey]:
        """Read them."""
        rows = self._db.all(
            "SELECT key_id, public_key, valid_from FROM signing_keys ORDER BY valid_from, key_id"
        )
        return [PublicKey(row[0], bytes(row[1]), row[2]) for row in rows]

    def add(self, key: PublicKey) -> None:
        """Add it."""
        self._db.run(
            "INSERT INTO signing_keys (key_id, public_key, valid_from) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (key.key_id, key.raw, key.valid_from),
        )


def _head(row: Sequence[Any]) -> Head:
    return Head(Chain(row[0], row[1]), row[2], bytes(row[3]))


def _params(made: Checkpoint, nodes: Mapping[Node, bytes]) -> dict[str, Any]:
    signed = made.signed
    return {
        "number": made.number,
        "at": signed.head.at,
        "leaf": leaf_data(made.marks),
        "root": signed.head.root,
        "key": signed.key_id,
        "signature": signed.signature,
        "levels": [level for level, _ in nodes],
        "places": [place for _, place in nodes],
        "hashes": list(nodes.values()),
        "topics": [one.chain.topic for one in made.marks],
        "parts": [one.chain.partition for one in made.marks],
        "lengths": [one.length for one in made.marks],
    }
