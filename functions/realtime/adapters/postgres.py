"""Offsets, history, delayed signals and plans in PostgreSQL: the truth of realtime."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import errors

from kit.errors import Retryable
from kit.identity import Plan
from kit.stores.postgres import Database
from realtime.model import DELAYED_A_DAY, HISTORY_S, ChannelKey, Head, Stored
from realtime.ports import Due

# One round trip: an event that has a place keeps it, any other takes the next one. The row of the channel
# stays locked until the commit, so offsets are committed in their order.
_APPEND: LiteralString = """
WITH known AS (
    SELECT "offset", published_at, event FROM history WHERE event_id = %(id)s AND channel = %(channel)s
), moved AS (
    INSERT INTO channels AS c (name, head) SELECT %(channel)s, 1 WHERE NOT EXISTS (SELECT 1 FROM known)
    ON CONFLICT (name) DO UPDATE SET head = c.head + 1 RETURNING epoch, head
), written AS (
    INSERT INTO history (channel, "offset", event_id, published_at, event)
    SELECT %(channel)s, head, %(id)s, %(at)s, %(event)s FROM moved
)
SELECT epoch, head, %(at)s::timestamptz, %(event)s::bytea FROM moved
UNION ALL
SELECT c.epoch, k."offset", k.published_at, k.event FROM known k, channels c WHERE c.name = %(channel)s
"""
_PLACES = """
SELECT h.channel, c.epoch, h."offset", h.published_at, h.event
FROM history h JOIN channels c ON c.name = h.channel WHERE h.event_id = %s ORDER BY h.channel
"""
_SINCE = """
SELECT h.channel, c.epoch, h."offset", h.published_at, h.event
FROM history h JOIN channels c ON c.name = h.channel
WHERE h.channel = %s AND h."offset" > %s ORDER BY h."offset" LIMIT %s
"""
_HEAD = """
WITH made AS (
    INSERT INTO channels (name)
    SELECT %(channel)s WHERE NOT EXISTS (SELECT 1 FROM channels WHERE name = %(channel)s)
    ON CONFLICT DO NOTHING RETURNING epoch, head
)
SELECT epoch, head FROM made UNION ALL SELECT epoch, head FROM channels WHERE name = %(channel)s
"""
_SCHEDULE = """
INSERT INTO delayed (event_id, signal_id, day, due_at, event)
SELECT %(id)s, %(signal)s, %(day)s::date, %(due)s, %(event)s
WHERE (SELECT count(*) FROM delayed WHERE day = %(day)s::date) < %(most)s
ON CONFLICT DO NOTHING
"""
_FOLLOW = """
INSERT INTO delayed (event_id, signal_id, due_at, event)
SELECT %(id)s, %(signal)s, %(due)s, %(event)s
WHERE EXISTS (SELECT 1 FROM delayed WHERE signal_id = %(signal)s)
ON CONFLICT DO NOTHING
"""
_CHANGE = """
INSERT INTO plans AS p (subject, plan, version, changed_at, valid_until) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject) DO UPDATE SET plan = EXCLUDED.plan, version = EXCLUDED.version,
    changed_at = EXCLUDED.changed_at, valid_until = EXCLUDED.valid_until WHERE p.version < EXCLUDED.version
"""


class PostgresChannels:
    """See :class:`realtime.ports.Channels`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, channel: ChannelKey, event_id: str, published_at: datetime, event: bytes) -> Stored:
        """Give the event its offset. Raises ``Retryable`` when somebody else is appending the same event."""
        params = {"channel": channel, "id": event_id, "at": published_at, "event": event}
        try:
            row = self._db.one(_APPEND, params)
        except errors.UniqueViolation as error:
            raise Retryable("the same event is being appended elsewhere") from error
        assert row is not None
        return Stored(channel, str(row[0]), int(row[1]), row[2], bytes(row[3]))

    def places(self, event_id: str) -> Sequence[Stored]:
        """Return the entries of an event."""
        return [_stored(row) for row in self._db.all(_PLACES, (event_id,))]

    def head(self, channel: ChannelKey) -> Head:
        """Return the head; a channel that never was is made."""
        row = self._db.one(_HEAD, {"channel": channel})
        if row is None:  # made by somebody else between our snapshot and the insert
            row = self._db.one("SELECT epoch, head FROM channels WHERE name = %s", (channel,))
        assert row is not None
        return Head(str(row[0]), int(row[1]))

    def since(self, channel: ChannelKey, after: int, at_most: int) -> Sequence[Stored]:
        """Return the kept entries above ``after``."""
        return [_stored(row) for row in self._db.all(_SINCE, (channel, after, at_most))]

    def prune(self, now: datetime) -> int:
        """Drop old history and what the inbox no longer needs; the heads stay."""
        self._db.one("SELECT keep_partitions(%(now)s), forget_settled(%(now)s)", {"now": now})
        before = now - timedelta(seconds=HISTORY_S)
        return self._db.run("DELETE FROM history WHERE published_at < %s", (before,))


class PostgresDelayed:
    """See :class:`realtime.ports.Delayed`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def schedule(self, event_id: str, signal_id: str, event: bytes, due_at: datetime, day: str) -> bool:
        """Plan a signal unless the day is full. The lock on the channel ``signals`` makes the count exact."""
        params = {"id": event_id, "signal": signal_id, "day": day, "due": due_at, "event": event}
        return self._db.run(_SCHEDULE, params | {"most": DELAYED_A_DAY}) == 1

    def follow(self, event_id: str, signal_id: str, event: bytes, due_at: datetime) -> bool:
        """Plan what came of a planned signal."""
        return (
            self._db.run(_FOLLOW, {"id": event_id, "signal": signal_id, "due": due_at, "event": event}) == 1
        )

    def due(self, now: datetime, at_most: int) -> Sequence[Due]:
        """Return what is due."""
        rows = self._db.all(
            "SELECT event_id, event FROM delayed WHERE done_at IS NULL AND due_at <= %s"
            " ORDER BY due_at, event_id LIMIT %s",
            (now, at_most),
        )
        return [Due(str(row[0]), bytes(row[1])) for row in rows]

    def done(self, event_id: str, at: datetime) -> None:
        """Note that it was handed on."""
        self._db.run("UPDATE delayed SET done_at = %s WHERE event_id = %s", (at, event_id))


class PostgresPlans:
    """See :class:`realtime.ports.Plans`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def plan_of(self, subject: str, claimed: Plan, now: datetime) -> Plan:
        """Return the plan that events told of; free once it ran out."""
        row = self._db.one("SELECT plan, valid_until FROM plans WHERE subject = %s", (subject,))
        if row is None:
            return claimed
        plan: Plan = row[0] if row[1] is None or row[1] > now else "free"
        return plan

    def change(self, subject: str, plan: Plan, version: int, at: datetime, until: datetime | None) -> None:
        """Keep the plan unless a later version is known."""
        self._db.run(_CHANGE, (subject, plan, version, at, until))


def _stored(row: tuple[Any, ...]) -> Stored:
    return Stored(ChannelKey(row[0]), str(row[1]), int(row[2]), row[3], bytes(row[4]))
