"""Hooks and alerts in PostgreSQL; an alert and the event that tells of it are one round trip."""

from datetime import datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit import outbox
from kit.events import Event
from kit.events.alert_events import AlertReceived
from kit.outbox import Outbox
from kit.stores.postgres import Database
from signals.model.alert import Alert, AlertId, Hook, HookId, Template
from signals.model.market import Timeframe
from signals.model.signal import AnalystId, SignalId, Terms

_HOOK: Final[LiteralString] = (
    "id::text, owner::text, name, secret_hash, template, created_at, analyst, rotated_at, revoked_at"
)
_ALERT: Final[LiteralString] = (
    "id::text, hook_id::text, owner::text, content, received_at, status, reasons, terms, signal_id::text,"
    " settled_at"
)
_COUNT_LOCK: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended('hooks:' || %s, 0))"
_CREATE: Final[LiteralString] = """
INSERT INTO hooks (id, owner, name, secret_hash, template, created_at, analyst)
SELECT %(id)s, %(owner)s, %(name)s, %(secret_hash)s, %(template)s, %(created_at)s, %(analyst)s
WHERE (SELECT count(*) FROM hooks WHERE owner = %(owner)s AND revoked_at IS NULL) < %(most)s
"""
_AT: Final[LiteralString] = f"SELECT {_HOOK} FROM hooks WHERE id = %s AND revoked_at IS NULL"
_OF: Final[LiteralString] = f"""
SELECT {_HOOK} FROM hooks WHERE owner = %s AND revoked_at IS NULL ORDER BY created_at, id
"""
_SAVE: Final[LiteralString] = """
UPDATE hooks SET name = %(name)s, secret_hash = %(secret_hash)s, template = %(template)s,
    rotated_at = %(rotated_at)s, revoked_at = %(revoked_at)s
WHERE id = %(id)s AND owner = %(owner)s AND revoked_at IS NULL
"""
_REVOKE_PRIVATE: Final[LiteralString] = """
UPDATE hooks SET revoked_at = %s WHERE owner = %s AND analyst IS NULL AND revoked_at IS NULL
"""
_REVOKE_ALL: Final[LiteralString] = """
UPDATE hooks SET revoked_at = %s WHERE owner = %s AND revoked_at IS NULL
"""
_FORGET: Final[LiteralString] = """
DELETE FROM alerts WHERE id IN (
    SELECT id FROM alerts WHERE hook_id = %s AND received_at < %s AND status <> 'received'
    ORDER BY received_at LIMIT %s)
"""
_RECEIVE: Final[LiteralString] = f"""
WITH changed AS (
    INSERT INTO alerts (id, hook_id, owner, content, received_at, status)
    SELECT %(id)s, %(hook_id)s, %(owner)s, %(content)s, %(received_at)s, 'received'
    WHERE (SELECT count(*) FROM alerts WHERE hook_id = %(hook_id)s AND received_at > %(since)s) < %(most)s
    RETURNING id
), {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""
_FIND: Final[LiteralString] = f"SELECT {_ALERT} FROM alerts WHERE id = %s"
_CLAIM: Final[LiteralString] = """
UPDATE alerts SET fingerprint = %(fingerprint)s WHERE id = %(id)s AND NOT EXISTS (
    SELECT 1 FROM alerts WHERE hook_id = %(hook_id)s AND fingerprint = %(fingerprint)s AND id <> %(id)s)
"""
_SETTLE: Final[LiteralString] = """
UPDATE alerts SET status = %s, reasons = %s, terms = %s, signal_id = %s, settled_at = %s
WHERE id = %s AND status = 'received'
"""
_ACCEPTED: Final[LiteralString] = f"""
SELECT {_ALERT} FROM alerts
WHERE owner = %s AND terms ->> 'symbol' = %s AND terms ->> 'timeframe' = %s AND status = 'accepted'
ORDER BY received_at DESC LIMIT %s
"""
_PAGE: Final[LiteralString] = f"""
SELECT {_ALERT} FROM alerts
WHERE owner = %(owner)s AND hook_id = %(hook_id)s
  AND (%(at)s::timestamptz IS NULL OR (received_at, id) < (%(at)s::timestamptz, %(id)s::uuid))
ORDER BY received_at DESC, id DESC LIMIT %(limit)s
"""


class PostgresHooks:
    """Hooks in one table; a revoked one stays, because its alerts do."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def create(self, hook: Hook, most: int) -> bool:
        """Count and insert under the owner's lock."""
        with self._db.transaction():
            self._db.one(_COUNT_LOCK, (hook.owner,))
            return bool(self._db.run(_CREATE, _hook_params(hook) | {"most": most}))

    def at(self, hook_id: HookId) -> Hook | None:
        """Return the hook."""
        row = self._db.one(_AT, (hook_id,))
        return _hook(row) if row else None

    def of(self, owner: str) -> list[Hook]:
        """Return the owner's."""
        return [_hook(row) for row in self._db.all(_OF, (owner,))]

    def save(self, hook: Hook) -> bool:
        """Update the owner's."""
        return bool(self._db.run(_SAVE, _hook_params(hook)))

    def revoke_private(self, owner: str, at: datetime) -> int:
        """Update those without an analyst."""
        return self._db.run(_REVOKE_PRIVATE, (at, owner))

    def revoke_all(self, owner: str, at: datetime) -> int:
        """Update all of them."""
        return self._db.run(_REVOKE_ALL, (at, owner))


class PostgresAlerts:
    """Alerts in one table; ``relay`` publishes their events after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def receive(self, alert: Alert, event: Event[AlertReceived], most: int, since: datetime) -> bool:
        """Count, insert and tell in one command."""
        params = {
            "id": alert.id,
            "hook_id": alert.hook_id,
            "owner": alert.owner,
            "content": Jsonb(alert.content),
            "received_at": alert.received_at,
            "most": most,
            "since": since,
        }
        row = self._db.one(_RECEIVE, params | outbox.params(event))
        received = row is not None and row[0] == 1
        if received:
            self._outbox.wake(event)
        return received

    def find(self, alert_id: AlertId) -> Alert | None:
        """Return the alert."""
        row = self._db.one(_FIND, (alert_id,))
        return _alert(row) if row else None

    def claim(self, alert: Alert, fingerprint: bytes) -> bool:
        """Update unless another one has it; the unique index stands behind it."""
        params = {"id": alert.id, "hook_id": alert.hook_id, "fingerprint": fingerprint}
        return bool(self._db.run(_CLAIM, params))

    def settle(self, alert: Alert) -> None:
        """Update a received one."""
        terms = Jsonb(msgspec.to_builtins(alert.terms)) if alert.terms else None
        params = (alert.status, list(alert.reasons), terms, alert.signal_id, alert.settled_at, alert.id)
        self._db.run(_SETTLE, params)

    def forget(self, hook_id: HookId, before: datetime, limit: int) -> int:
        """Delete the oldest."""
        return self._db.run(_FORGET, (hook_id, before, limit))

    def accepted(self, owner: str, symbol: str, timeframe: Timeframe, limit: int) -> list[Alert]:
        """Return the newest."""
        return [_alert(row) for row in self._db.all(_ACCEPTED, (owner, symbol, timeframe, limit))]

    def page(
        self, owner: str, hook_id: HookId, after: tuple[datetime, AlertId] | None, limit: int
    ) -> list[Alert]:
        """Return them newest first."""
        at, alert_id = after or (None, None)
        params = {"owner": owner, "hook_id": hook_id, "at": at, "id": alert_id, "limit": limit}
        return [_alert(row) for row in self._db.all(_PAGE, params)]


def _hook_params(hook: Hook) -> dict[str, Any]:
    columns = {name: getattr(hook, name) for name in Hook.__dataclass_fields__}
    return columns | {"template": Jsonb(msgspec.to_builtins(hook.template))}


def _hook(row: tuple[Any, ...]) -> Hook:
    hook_id, owner, name, digest, template, created_at, analyst, rotated_at, revoked_at = row
    return Hook(
        id=HookId(hook_id),
        owner=owner,
        name=name,
        secret_hash=bytes(digest),
        template=msgspec.convert(template, Template),
        created_at=created_at,
        analyst=AnalystId(analyst) if analyst else None,
        rotated_at=rotated_at,
        revoked_at=revoked_at,
    )


def _alert(row: tuple[Any, ...]) -> Alert:
    return Alert(
        AlertId(row[0]),
        HookId(row[1]),
        row[2],
        row[3],
        row[4],
        row[5],
        tuple(row[6]),
        msgspec.convert(row[7], Terms) if row[7] else None,
        SignalId(row[8]) if row[8] else None,
        row[9],
    )
