"""The log of deliveries on PostgreSQL."""

from datetime import datetime
from typing import Final, LiteralString

from kit.stores.postgres import Database
from partners.adapters.naming import delivery_id
from partners.model.application import OwnerId
from partners.model.webhook import DeliveryId, EndpointId, Message
from partners.ports import Logged, LogQuery, Tried

_LOGGED: Final[LiteralString] = """
SELECT d.id::text, d.endpoint_id::text, d.message_id, m.type, d.state, d.tried, last.outcome, last.status,
       d.created_at, CASE WHEN d.state = 'pending' THEN d.due_at END, d.settled_at, m.body
FROM deliveries d
JOIN messages m ON m.id = d.message_id
JOIN endpoints e ON e.id = d.endpoint_id
JOIN applications a ON a.id = e.application_id
LEFT JOIN attempts last ON last.delivery_id = d.id AND last.number = d.tried
WHERE a.owner = %(owner)s
"""
_PAGE: Final[LiteralString] = (
    _LOGGED
    + """
  AND d.endpoint_id = %(endpoint)s AND (%(state)s::text IS NULL OR d.state = %(state)s)
  AND (%(at)s::timestamptz IS NULL OR (d.created_at, d.id) < (%(at)s::timestamptz, %(id)s::uuid))
ORDER BY d.created_at DESC, d.id DESC LIMIT %(limit)s
"""
)
_TRIED: Final[LiteralString] = """
SELECT number, started_at, outcome, status, excerpt, took_ms FROM attempts
WHERE delivery_id = %s ORDER BY number DESC LIMIT 100
"""
_WORKS: Final[LiteralString] = """
SELECT e.id FROM endpoints e JOIN applications a ON a.id = e.application_id
WHERE e.id = %s AND a.owner = %s AND e.active FOR SHARE OF e
"""
_AGAIN: Final[LiteralString] = (
    "state = 'pending', attempt = 0, due_at = %(now)s, taken_until = NULL, settled_at = NULL"
)
_REPLAY_FAILED: Final[LiteralString] = f"""
UPDATE deliveries SET {_AGAIN} WHERE id IN (
    SELECT id FROM deliveries
    WHERE endpoint_id = %(endpoint)s AND state = 'failed' AND created_at >= %(since)s
    ORDER BY created_at, id LIMIT %(most)s FOR UPDATE
)
"""


class PostgresLog:
    """See :class:`partners.ports.DeliveryLog`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def page(self, owner: OwnerId, endpoint: EndpointId, query: LogQuery) -> list[Logged]:
        """Return a page."""
        at, last = query.after or (None, None)
        params = {"owner": owner, "endpoint": endpoint, "state": query.state, "limit": query.limit}
        return [Logged(*row[:-1]) for row in self._db.all(_PAGE, {**params, "at": at, "id": last})]

    def find(self, owner: OwnerId, delivery: DeliveryId) -> tuple[Logged, str, list[Tried]] | None:
        """Return one."""
        row = self._db.one(_LOGGED + " AND d.id = %(id)s", {"owner": owner, "id": delivery})
        if row is None:
            return None
        tries = [Tried(*one) for one in reversed(self._db.all(_TRIED, (delivery,)))]
        return Logged(*row[:-1]), str(row[-1]), tries

    def plan(
        self, owner: OwnerId, endpoint: EndpointId, message: Message, now: datetime
    ) -> DeliveryId | None:
        """Plan one message for one endpoint."""
        place = delivery_id(message.id, endpoint)
        with self._db.transaction():
            if not self._works(owner, endpoint):
                return None
            self._db.run(
                "INSERT INTO messages (id, type, body, created_at) VALUES (%s, %s, %s, %s)",
                (message.id, message.type, message.body, message.created_at),
            )
            self._db.run(
                "INSERT INTO deliveries (id, message_id, endpoint_id, state, due_at, created_at)"
                " VALUES (%s, %s, %s, 'pending', %s, %s)",
                (place, message.id, endpoint, now, message.created_at),
            )
        return place

    def replay(
        self, owner: OwnerId, endpoint: EndpointId, delivery: DeliveryId, now: datetime
    ) -> bool | None:
        """Begin one anew."""
        with self._db.transaction():
            row = self._db.one(
                "SELECT d.id FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id"
                " JOIN applications a ON a.id = e.application_id"
                " WHERE d.id = %s AND e.id = %s AND a.owner = %s",
                (delivery, endpoint, owner),
            )
            if row is None:
                return None
            if not self._works(owner, endpoint):
                return False
            again = {"now": now, "id": delivery}
            return self._db.run(f"UPDATE deliveries SET {_AGAIN} WHERE id = %(id)s", again) == 1

    def replay_failed(
        self, owner: OwnerId, endpoint: EndpointId, since: datetime, at_most: int, now: datetime
    ) -> int | None:
        """Begin anew what failed."""
        with self._db.transaction():
            if not self._works(owner, endpoint):
                return None
            params = {"endpoint": endpoint, "since": since, "most": at_most, "now": now}
            return self._db.run(_REPLAY_FAILED, params)

    def forget(self, before: datetime, at_most: int) -> int:
        """Delete old messages, and with them their deliveries."""
        return self._db.run(
            "DELETE FROM messages WHERE id IN"
            " (SELECT id FROM messages WHERE created_at < %s ORDER BY created_at LIMIT %s)",
            (before, at_most),
        )

    def _works(self, owner: OwnerId, endpoint: EndpointId) -> bool:
        """Whether the owner's endpoint is active, and hold it so until the commit."""
        return self._db.one(_WORKS, (endpoint, owner)) is not None
