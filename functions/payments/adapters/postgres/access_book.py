"""Who is charged and who is entitled, judged in PostgreSQL for many causes at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from kit.stores.postgres import Database
from payments.model.reconciliation import Finding

_CAUSES: Final[LiteralString] = """
(SELECT e.cause::text FROM entitlements e WHERE e.cause > %(after)s::uuid ORDER BY e.cause LIMIT %(limit)s)
UNION (SELECT coalesce(p.subscription, p.id)::text FROM payments p
       WHERE p.id > %(after)s::uuid AND p.status = 'captured' AND p.purpose <> 'top_up'
       ORDER BY p.id LIMIT %(limit)s)
UNION (SELECT coalesce(p.subscription, p.id)::text FROM payments p
       WHERE p.status = 'captured' AND p.captured_at >= %(since)s AND p.purpose <> 'top_up'
       ORDER BY p.captured_at, p.id LIMIT %(limit)s)
"""
# a payment counts unless it is disputed or a refund that takes what was bought has it; one that changed just
# now is on its way and is judged at the next look
_JUDGE: Final[LiteralString] = """
WITH asked AS (SELECT unnest(%(causes)s::uuid[]) AS cause),
bought AS (
    SELECT a.cause, p.id,
        p.dispute IN ('open', 'lost') IS NOT TRUE AND NOT EXISTS (
            SELECT FROM refunds r
            WHERE r.payment = p.id AND r.revokes AND r.status IN ('approved', 'completed')
        ) AS counts,
        p.captured_at > %(before)s OR EXISTS (
            SELECT FROM refunds r WHERE r.payment = p.id
            AND (r.status IN ('approved', 'reversing') OR (r.steps -> -1 ->> 'at')::timestamptz > %(before)s)
        ) AS moving
    FROM asked a JOIN payments p ON p.status = 'captured' AND (
        (p.id = a.cause AND p.purpose = 'course')
        OR (p.subscription = a.cause AND p.period_start <= %(now)s AND p.period_end > %(now)s))
), held AS (
    SELECT a.cause, e.item IS NOT NULL AS item
    FROM asked a JOIN entitlements e ON e.cause = a.cause
    WHERE e.revoked_for IS NULL AND (e.ends_at IS NULL OR e.ends_at > %(now)s)
), judged AS (
    SELECT a.cause, count(b.id) AS payments, count(b.id) FILTER (WHERE b.counts) AS paid,
        (SELECT count(*) FROM held h WHERE h.cause = a.cause) AS held,
        EXISTS (SELECT FROM held h WHERE h.cause = a.cause AND h.item) AS item,
        coalesce(bool_or(b.moving), false) OR EXISTS (
            SELECT FROM entitlements e WHERE e.cause = a.cause AND e.changed_at > %(before)s) AS moving
    FROM asked a LEFT JOIN bought b ON b.cause = a.cause GROUP BY a.cause
)
SELECT CASE WHEN paid > 0 THEN 'charged without entitlement' ELSE 'entitled without charge' END,
    cause::text, paid, held
FROM judged
WHERE NOT moving AND ((paid > 0 AND held = 0) OR (paid = 0 AND held > 0 AND (item OR payments > 0)))
ORDER BY cause
"""


class PostgresAccessBook:
    """See :class:`payments.ports.reconciling.AccessBook`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def causes(self, after: str, since: datetime, limit: int) -> list[str]:
        """Read by keys."""
        rows = self._db.all(_CAUSES, {"after": after, "since": since, "limit": limit})
        return sorted(row[0] for row in rows)

    def judge(self, causes: Sequence[str], now: datetime, before: datetime) -> list[Finding]:
        """Join in the database."""
        rows = self._db.all(_JUDGE, {"causes": list(causes), "now": now, "before": before})
        return [Finding(*row) for row in rows]
