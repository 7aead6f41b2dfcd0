"""What people paid in, in PostgreSQL: one query, so that nothing moves between its parts."""

from typing import Final, LiteralString

import msgspec

from kit.stores.postgres import Database
from payments.model.ledger import PersonId
from payments.model.limit import REGULATED, PaidIn
from payments.model.payment import Period
from payments.model.subscription import LIVE, Subscription

_READ: Final[LiteralString] = """
WITH mine AS (
    SELECT id, status, net + cgst + sgst + igst AS gross FROM payments
    WHERE person = %(person)s AND line = ANY(%(lines)s) AND source = 'gateway'
      AND (status = 'opened' OR status = 'captured' AND captured_at >= %(start)s AND captured_at < %(end)s)
), back AS (
    SELECT coalesce(sum(r.net + r.cgst + r.sgst + r.igst), 0) AS paise
    FROM refunds r JOIN mine ON mine.id = r.payment WHERE r.status = 'completed'
)
SELECT coalesce(sum(gross) FILTER (WHERE status = 'captured'), 0) - (SELECT paise FROM back),
       coalesce(sum(gross) FILTER (WHERE status = 'opened'), 0),
       (SELECT state FROM subscriptions
        WHERE person = %(person)s AND line = 'research' AND life = ANY(%(live)s))
FROM mine
"""
# a lock of its own: whoever records what the gateway tells holds rows of subscriptions while it waits for the
# person's row of standings; whoever begins one would hold that row and wait for theirs
_LOCK: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended('paying in: ' || %s, 0))"


class PostgresPayingIn:
    """See :class:`payments.ports.limits.PayingIn`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, person: PersonId, year: Period) -> PaidIn:
        """Sum in the database."""
        row = self._db.one(
            _READ,
            {
                "person": person,
                "lines": [line.value for line in REGULATED],
                "live": list(LIVE),
                "start": year.start,
                "end": year.end,
            },
        )
        assert row is not None, "an aggregate has one row"
        running = msgspec.convert(row[2], Subscription) if row[2] else None
        return PaidIn(int(row[0]), int(row[1]), running)

    def lock(self, person: PersonId) -> None:
        """Take the person's advisory lock."""
        self._db.one(_LOCK, (person,))
