"""Kept usage on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from kit.stores.postgres import Database
from partners.model.application import ApplicationId, OwnerId
from partners.model.usage import Counted, HourOfUsage

_KEEP: Final[LiteralString] = """
INSERT INTO usage_hours AS u (key_id, hour, epoch, requests, limited, barred)
SELECT new.key_id, new.hour, new.epoch, new.requests, new.limited, new.barred
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS new (key_id, hour, epoch, requests, limited, barred)
JOIN keys k ON k.id = new.key_id
ORDER BY new.key_id, new.hour
ON CONFLICT (key_id, hour, epoch) DO UPDATE SET requests = greatest(u.requests, EXCLUDED.requests),
    limited = greatest(u.limited, EXCLUDED.limited), barred = greatest(u.barred, EXCLUDED.barred)
"""
_READ: Final[LiteralString] = """
SELECT u.hour, u.key_id::text, sum(u.requests)::bigint, sum(u.limited)::bigint, sum(u.barred)::bigint
FROM applications a
JOIN keys k ON k.application_id = a.id
JOIN usage_hours u ON u.key_id = k.id
WHERE a.id = %s AND a.owner = %s AND u.hour >= %s AND u.hour < %s
GROUP BY u.hour, u.key_id ORDER BY u.hour, u.key_id
"""


class PostgresUsageBook:
    """See :class:`partners.ports.UsageBook`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, counted: Sequence[Counted]) -> None:
        """Keep the greatest, in one statement and in one order, so that two at once wait for one another."""
        if counted:
            rows = [(one.key, one.hour, one.epoch, one.requests, one.limited, one.barred) for one in counted]
            self._db.run(_KEEP, [list(column) for column in zip(*rows, strict=True)])

    def read(
        self, owner: OwnerId, application: ApplicationId, since: datetime, until: datetime
    ) -> list[HourOfUsage]:
        """Sum epochs."""
        rows = self._db.all(_READ, (application, owner, since, until))
        return [HourOfUsage(*row) for row in rows]
