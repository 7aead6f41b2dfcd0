"""Webhook endpoints on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import errors

from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from partners.model.application import ApplicationId, OwnerId
from partners.model.webhook import Endpoint, EndpointId
from partners.ports import Notice
from partners.ports.applications import Placed, Saved

COLUMNS: Final[LiteralString] = (
    "e.id::text, e.application_id::text, a.owner::text, e.url, e.types, e.active, e.disabled,"
    " e.failing_since, e.secret, e.previous, e.previous_until, e.version, e.created_at, e.updated_at"
)
_FROM: Final[LiteralString] = (
    f"SELECT {COLUMNS} FROM endpoints e JOIN applications a ON a.id = e.application_id"
)
_INSERT: Final[LiteralString] = """
INSERT INTO endpoints (id, application_id, url, types, active, secret, version, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_UPDATE: Final[LiteralString] = """
UPDATE endpoints SET url = %s, types = %s, active = %s, disabled = %s, failing_since = %s, secret = %s,
       previous = %s, previous_until = %s, version = %s, updated_at = %s,
       notice_at = CASE WHEN %s THEN NULL ELSE notice_at END
WHERE id = %s AND version = %s
"""
_DISABLE: Final[LiteralString] = """
UPDATE endpoints SET active = false, disabled = %s, version = %s, updated_at = %s, notice_at = %s
WHERE id = %s AND version = %s AND active
"""
_FAIL: Final[LiteralString] = """
UPDATE deliveries SET state = 'failed', settled_at = %s, taken_until = NULL
WHERE endpoint_id = %s AND state = 'pending'
"""
_TAKE_NOTICE: Final[LiteralString] = """
WITH next AS (
    SELECT id FROM endpoints WHERE notice_at <= %(now)s ORDER BY notice_at LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE endpoints e SET notice_at = %(until)s FROM next WHERE e.id = next.id
    RETURNING e.id, e.application_id, e.url, e.disabled
)
SELECT taken.id::text, a.owner::text, a.name, a.contact, taken.url, taken.disabled
FROM taken JOIN applications a ON a.id = taken.application_id
"""


class PostgresEndpoints:
    """See :class:`partners.ports.Endpoints`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def find(self, owner: OwnerId, endpoint: EndpointId) -> Endpoint | None:
        """Return the endpoint."""
        row = self._db.one(_FROM + " WHERE e.id = %s AND a.owner = %s", (endpoint, owner))
        return endpoint_of(row) if row else None

    def of(self, owner: OwnerId, application: ApplicationId) -> list[Endpoint]:
        """Return the application's."""
        rows = self._db.all(
            _FROM + " WHERE a.id = %s AND a.owner = %s ORDER BY e.created_at, e.id", (application, owner)
        )
        return [endpoint_of(row) for row in rows]

    def register(self, endpoint: Endpoint, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new one; one at a time an application."""
        one = endpoint
        with self._db.transaction():
            self._db.one("SELECT id FROM applications WHERE id = %s FOR UPDATE", (one.application_id,))
            others = self.of(one.owner, one.application_id)
            if any(other.url == one.url for other in others):
                return "taken"
            if len(others) >= at_most:
                return "full"
            values = (one.id, one.application_id, one.url, list(one.types), one.active, one.secret)
            self._db.run(_INSERT, (*values, one.version, one.created_at, one.updated_at))
            self._outbox.append(event)
        return "placed"

    def save(self, endpoint: Endpoint, expected_version: int, events: Sequence[Event[Any]]) -> Saved:
        """Keep the changed one; nothing waits for one that is not active."""
        one = endpoint
        state = (one.url, list(one.types), one.active, one.disabled, one.failing_since)
        secrets = (one.secret, one.previous, one.previous_until)
        values = (*state, *secrets, one.version, one.updated_at, one.active, one.id, expected_version)
        try:
            with self._db.transaction():
                if self._db.run(_UPDATE, values) != 1:
                    return "stale"
                if not one.active:
                    self._db.run(_FAIL, (one.updated_at, one.id))
                self._outbox.append(*events)
        except errors.UniqueViolation:
            return "taken"
        return "saved"

    def remove(self, endpoint: Endpoint, event: Event[Any]) -> bool:
        """Remove it with its log."""
        with self._db.transaction():
            removed = (
                self._db.run(
                    "DELETE FROM endpoints WHERE id = %s AND version = %s", (endpoint.id, endpoint.version)
                )
                == 1
            )
            if removed:
                self._outbox.append(event)
        return removed

    def disable(self, endpoint: Endpoint, expected_version: int, event: Event[Any]) -> bool:
        """Disable it, and let its owner be told."""
        one = endpoint
        values = (one.disabled, one.version, one.updated_at, one.updated_at, one.id, expected_version)
        with self._db.transaction():
            disabled = self._db.run(_DISABLE, values) == 1
            if disabled:
                self._db.run(_FAIL, (one.updated_at, one.id))
                self._outbox.append(event)
        return disabled

    def take_notice(self, now: datetime, until: datetime) -> Notice | None:
        """Take what is due, past what others hold."""
        row = self._db.one(_TAKE_NOTICE, {"now": now, "until": until})
        return Notice(*row) if row else None

    def noticed(self, endpoint: EndpointId) -> None:
        """Forget it."""
        self._db.run("UPDATE endpoints SET notice_at = NULL WHERE id = %s", (endpoint,))


def endpoint_of(row: Sequence[Any]) -> Endpoint:
    """Return the endpoint of a row of the columns above."""
    id_, application, owner, url, types, *rest = row
    return Endpoint(id_, application, owner, url, tuple(types), *rest)
