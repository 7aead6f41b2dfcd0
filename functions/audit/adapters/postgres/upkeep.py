"""Verifications, archived segments and erasures in PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from audit.model.entry import Chain
from audit.model.upkeep import Difference, Place, Segment, Verification
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from kit.stores.vault import PostgresVault

_KEPT_DIFFERENCES = 1_000
_READ = "SELECT began_at, ended_at, checked, number, next, differences FROM verifications"


class PostgresVerifications:
    """See :class:`audit.ports.Verifications`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, found: Verification) -> None:
        """Add it, with a thousand differences at most."""
        following = found.next
        told = [[one.what, one.where] for one in found.differences[:_KEPT_DIFFERENCES]]
        self._db.run(
            "INSERT INTO verifications (began_at, ended_at, checked, number, next, differences)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (
                found.began_at,
                found.ended_at,
                found.checked,
                found.number,
                following and json.dumps([following.chain.topic, following.chain.partition, following.after]),
                json.dumps(told),
            ),
        )

    def newest(self) -> Verification | None:
        """Read the last."""
        row = self._db.one(f"{_READ} ORDER BY id DESC LIMIT 1")
        return None if row is None else _verification(row)

    def newest_difference(self) -> Verification | None:
        """Read the last that found one."""
        row = self._db.one(f"{_READ} WHERE differences <> '[]' ORDER BY id DESC LIMIT 1")
        return None if row is None else _verification(row)


class PostgresSegments:
    """See :class:`audit.ports.Segments`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def archived(self, chain: Chain) -> int:
        """Read the end."""
        row = self._db.one(
            "SELECT coalesce(max(last), 0) FROM segments WHERE topic = %s AND partition = %s",
            (chain.topic, chain.partition),
        )
        assert row is not None
        return int(row[0])

    def add(self, segment: Segment) -> None:
        """Add it."""
        self._db.run(
            "INSERT INTO segments (topic, partition, first, last, number, key, sha256, bytes, archived_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                segment.chain.topic,
                segment.chain.partition,
                segment.first,
                segment.last,
                segment.number,
                segment.key,
                segment.sha256,
                segment.size,
                segment.archived_at,
            ),
        )

    def page(self, chain: Chain, after: int, limit: int) -> list[Segment]:
        """Read on."""
        rows = self._db.all(
            "SELECT first, last, number, key, sha256, bytes, archived_at FROM segments"
            " WHERE topic = %s AND partition = %s AND first > %s ORDER BY first LIMIT %s",
            (chain.topic, chain.partition, after, limit),
        )
        return [Segment(chain, row[0], row[1], row[2], row[3], bytes(row[4]), row[5], row[6]) for row in rows]


class PostgresErasures:
    """See :class:`audit.ports.Erasures`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def destroy(self, subject: str, deed: Event[Any]) -> bool:
        """Destroy and tell in one transaction."""
        with self._db.transaction():
            destroyed = PostgresVault(self._db).destroy(subject)
            if destroyed:
                self._outbox.append(deed)
        return destroyed


def _verification(row: Sequence[Any]) -> Verification:
    following = json.loads(row[4]) if row[4] else None
    place = Place(Chain(following[0], following[1]), following[2]) if following else None
    return Verification(row[0], row[1], row[2], row[3], place, tuple(Difference(*one) for one in row[5]))
