"""Deliveries on PostgreSQL: planned, claimed, noted."""

from datetime import date, datetime
from typing import Final, LiteralString

from kit.stores.postgres import Database
from partners.adapters.postgres.endpoints import COLUMNS, endpoint_of
from partners.model.webhook import Answer, Message, MessageId, Settlement
from partners.ports import Claimed, Health

_RANK: Final[LiteralString] = """
INSERT INTO publications (signal_id, day, rank)
SELECT %(signal)s, %(day)s, coalesce(max(rank), 0) + 1 FROM publications WHERE day = %(day)s
ON CONFLICT (signal_id) DO NOTHING
"""
_KEEP: Final[LiteralString] = (
    "INSERT INTO messages (id, type, body, created_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_PLAN: Final[LiteralString] = """
INSERT INTO deliveries (id, message_id, endpoint_id, state, due_at, created_at)
SELECT md5(%(message)s || '/' || e.id::text)::uuid, %(message)s, e.id, 'pending',
       CASE WHEN p.at_once THEN %(now)s::timestamptz ELSE %(late)s::timestamptz END, %(now)s
FROM endpoints e
JOIN applications a ON a.id = e.application_id
JOIN owners o ON o.id = a.owner
JOIN plans p ON p.name = coalesce(a.tier, o.plan)
WHERE e.active AND a.active AND NOT a.suspended AND NOT o.disabled AND %(type)s = ANY (e.types)
  AND (p.at_once
       OR EXISTS (SELECT 1 FROM publications WHERE signal_id = %(signal)s AND rank <= %(most)s))
ON CONFLICT DO NOTHING
"""
# Of each endpoint the oldest, as many as it may have going at once: a backlog of one holds up nobody else.
_CLAIM: Final[LiteralString] = f"""
WITH due AS (
    SELECT oldest.id FROM endpoints e
    JOIN applications a ON a.id = e.application_id
    JOIN owners o ON o.id = a.owner
    CROSS JOIN LATERAL (
        SELECT d.id, d.due_at FROM deliveries d
        WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= %(now)s
          AND (d.taken_until IS NULL OR d.taken_until <= %(now)s)
        ORDER BY d.due_at, d.id
        LIMIT greatest(0, %(each)s - (
            SELECT count(*) FROM deliveries b
            WHERE b.endpoint_id = e.id AND b.state = 'pending' AND b.taken_until > %(now)s))
    ) oldest
    WHERE e.active AND a.active AND NOT a.suspended AND NOT o.disabled
    ORDER BY oldest.due_at, oldest.id LIMIT %(limit)s
), free AS (
    SELECT d.id FROM deliveries d JOIN due ON due.id = d.id
    WHERE d.state = 'pending' AND (d.taken_until IS NULL OR d.taken_until <= %(now)s)
    FOR UPDATE OF d SKIP LOCKED
), taken AS (
    UPDATE deliveries d SET attempt = d.attempt + 1, tried = d.tried + 1, taken_until = %(until)s
    FROM free WHERE d.id = free.id
    RETURNING d.id, d.attempt, d.tried, d.due_at, d.message_id, d.endpoint_id
), begun AS (
    INSERT INTO attempts (delivery_id, number, started_at) SELECT id, tried, %(now)s FROM taken
)
SELECT taken.id::text, taken.attempt, taken.tried, m.id, m.type, m.body, m.created_at, {COLUMNS}
FROM taken
JOIN messages m ON m.id = taken.message_id
JOIN endpoints e ON e.id = taken.endpoint_id
JOIN applications a ON a.id = e.application_id
ORDER BY taken.due_at, taken.id
"""
_NOTE: Final[LiteralString] = """
WITH logged AS (
    UPDATE attempts SET outcome = %(outcome)s, status = %(status)s, excerpt = %(excerpt)s, took_ms = %(took)s
    WHERE delivery_id = %(id)s AND number = %(number)s
), settled AS (
    UPDATE deliveries SET state = %(state)s, due_at = coalesce(%(due)s, due_at), taken_until = NULL,
           settled_at = %(settled)s
    WHERE id = %(id)s AND state = 'pending' AND (%(success)s OR tried = %(number)s)
)
UPDATE endpoints e
SET failing_since = CASE WHEN %(success)s THEN NULL ELSE coalesce(e.failing_since, %(now)s) END
FROM deliveries d WHERE d.id = %(id)s AND e.id = d.endpoint_id
RETURNING e.active, e.failing_since, e.version
"""


class PostgresOutgoing:
    """See :class:`partners.ports.Outgoing`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def publish(self, message: Message, signal: str, day: date, late: datetime, at_most: int) -> int:
        """Rank it in its day, one at a time, then plan."""
        with self._db.transaction():
            self._db.one("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"publications:{day}",))
            self._db.run(_RANK, {"signal": signal, "day": day})
            return self.follow(message, signal, late, at_most)

    def follow(self, message: Message, signal: str, late: datetime, at_most: int) -> int:
        """Plan for everybody who wants it."""
        params = {
            "message": message.id,
            "type": message.type,
            "now": message.created_at,
            "late": late,
            "signal": signal,
            "most": at_most,
        }
        with self._db.transaction():
            self._db.run(_KEEP, (message.id, message.type, message.body, message.created_at))
            return self._db.run(_PLAN, params)


class PostgresQueue:
    """See :class:`partners.ports.DeliveryQueue`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def claim(self, now: datetime, until: datetime, limit: int, per_endpoint: int) -> list[Claimed]:
        """Take what is due, past what others hold."""
        params = {"now": now, "until": until, "limit": limit, "each": per_endpoint}
        return [
            Claimed(row[0], row[1], row[2], Message(MessageId(row[3]), *row[4:7]), endpoint_of(row[7:]))
            for row in self._db.all(_CLAIM, params)
        ]

    def note(self, claimed: Claimed, answer: Answer, settlement: Settlement, now: datetime) -> Health | None:
        """Write down what came of it, in one round trip."""
        params = {
            "id": claimed.delivery,
            "number": claimed.number,
            "outcome": answer.outcome,
            "status": answer.status,
            "excerpt": answer.excerpt,
            "took": answer.took_ms,
            "state": settlement.state,
            "due": settlement.due_at,
            "settled": None if settlement.state == "pending" else now,
            "success": answer.success,
            "now": now,
        }
        row = self._db.one(_NOTE, params)
        return Health(*row) if row else None
