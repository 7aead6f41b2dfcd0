"""API keys on PostgreSQL, and what is mirrored of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from partners.adapters.mirrored import ENDED_FOR, mirrored
from partners.model.application import Application, ApplicationId, OwnerId
from partners.model.key import Key, KeyId
from partners.model.mirrored import MirroredKey
from partners.ports.applications import Placed

_COLUMNS: Final[LiteralString] = (
    "k.id::text, k.application_id::text, a.owner::text, k.prefix, k.digest, k.name, k.scopes, k.networks,"
    " k.created_at, k.expires_at, k.revoked_at, k.replaced_by::text, k.version"
)
_WIDTH: Final = 13
_INSERT: Final[LiteralString] = """
INSERT INTO keys (id, application_id, prefix, digest, name, scopes, networks, created_at, expires_at,
                  version, revised_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_UPDATE: Final[LiteralString] = """
UPDATE keys SET expires_at = %s, revoked_at = %s, replaced_by = %s, version = %s,
       revision = nextval('revisions'), revised_at = %s
WHERE id = %s AND version = %s
"""
_REVISE: Final[LiteralString] = """
UPDATE keys SET revision = nextval('revisions'), revised_at = %(at)s WHERE id IN (
    SELECT k.id FROM keys k JOIN applications a ON a.id = k.application_id
    WHERE {of} ORDER BY k.id FOR UPDATE OF k
)
"""
_MIRRORED: Final[LiteralString] = f"""
SELECT {_COLUMNS}, a.name, a.active, a.suspended, a.tier, a.version, a.created_at, a.updated_at,
       o.plan, o.disabled, p.hourly, k.revision
FROM keys k
JOIN applications a ON a.id = k.application_id
JOIN owners o ON o.id = a.owner
JOIN plans p ON p.name = coalesce(a.tier, o.plan)
WHERE (k.revised_at > %(since)s
       OR (a.active AND NOT a.suspended AND NOT o.disabled
           AND k.revoked_at IS NULL AND k.expires_at > %(now)s))
"""


def revise(db: Database, of: LiteralString, value: str, at: datetime) -> None:
    """Give the keys for which ``of`` holds of ``value`` the next revisions, in the open transaction."""
    db.run(_REVISE.replace("{of}", of), {"of": value, "at": at})


class PostgresKeys:
    """See :class:`partners.ports.Keys`."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def find(self, owner: OwnerId, application: ApplicationId, key: KeyId) -> Key | None:
        """Return the key."""
        row = self._db.one(
            f"SELECT {_COLUMNS} FROM keys k JOIN applications a ON a.id = k.application_id"
            " WHERE k.id = %s AND a.id = %s AND a.owner = %s",
            (key, application, owner),
        )
        return key_of(row) if row else None

    def of(self, owner: OwnerId, application: ApplicationId) -> list[Key]:
        """Return the application's."""
        rows = self._db.all(
            f"SELECT {_COLUMNS} FROM keys k JOIN applications a ON a.id = k.application_id"
            " WHERE a.id = %s AND a.owner = %s ORDER BY k.created_at DESC, k.id DESC LIMIT 100",
            (application, owner),
        )
        return [key_of(row) for row in rows]

    def issue(self, key: Key, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new key; one at a time an application."""
        with self._db.transaction():
            self._db.one("SELECT id FROM applications WHERE id = %s FOR UPDATE", (key.application_id,))
            row = self._db.one(
                "SELECT count(*) FILTER (WHERE name = %(name)s AND replaced_by IS NULL),"
                " count(*) FILTER (WHERE expires_at > %(now)s)"
                " FROM keys WHERE application_id = %(of)s AND revoked_at IS NULL",
                {"name": key.name, "now": key.created_at, "of": key.application_id},
            )
            assert row is not None
            if row[0]:
                return "taken"
            if row[1] >= at_most:
                return "full"
            self._insert(key)
            self._outbox.append(event)
        return "placed"

    def rotate(self, old: Key, expected_version: int, new: Key, events: Sequence[Event[Any]]) -> bool:
        """Keep both: the old one first, so that its name is free."""
        with self._db.transaction():
            kept = self._update(old, expected_version, new.created_at)
            if kept:
                self._insert(new)
                self._outbox.append(*events)
        return kept

    def revoke(self, key: Key, expected_version: int, event: Event[Any]) -> bool:
        """Keep the revoked key."""
        assert key.revoked_at is not None
        with self._db.transaction():
            kept = self._update(key, expected_version, key.revoked_at)
            if kept:
                self._outbox.append(event)
        return kept

    def _insert(self, key: Key) -> None:
        values = (key.id, key.application_id, key.prefix, key.digest, key.name, list(key.scopes))
        at = (key.created_at, key.expires_at, key.version, key.created_at)
        self._db.run(_INSERT, (*values, list(key.networks), *at))

    def _update(self, key: Key, expected_version: int, at: datetime) -> bool:
        values = (key.expires_at, key.revoked_at, key.replaced_by, key.version, at)
        return self._db.run(_UPDATE, (*values, key.id, expected_version)) == 1


class PostgresMirrorSource:
    """See :class:`partners.ports.MirrorSource`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_application(self, application: ApplicationId, now: datetime) -> list[MirroredKey]:
        """Return its keys."""
        return self._read(_MIRRORED + " AND a.id = %(of)s", {"of": application}, now)

    def of_owner(self, owner: OwnerId, now: datetime) -> list[MirroredKey]:
        """Return the owner's keys."""
        return self._read(_MIRRORED + " AND a.owner = %(of)s", {"of": owner}, now)

    def page(self, after: str, limit: int, now: datetime) -> list[MirroredKey]:
        """Return keys by prefix."""
        behind: LiteralString = (
            ' AND k.prefix COLLATE "C" > %(after)s ORDER BY k.prefix COLLATE "C" LIMIT %(limit)s'
        )
        return self._read(_MIRRORED + behind, {"after": after, "limit": limit}, now)

    def _read(self, sql: LiteralString, params: dict[str, Any], now: datetime) -> list[MirroredKey]:
        rows = self._db.all(sql, {**params, "now": now, "since": now - ENDED_FOR})
        return [_mirrored(row, now) for row in rows]


def key_of(row: Sequence[Any]) -> Key:
    """Return the key of a row of the columns above."""
    id_, application, owner, prefix, digest, name, scopes, networks, *rest = row
    return Key(id_, application, owner, prefix, bytes(digest), name, tuple(scopes), tuple(networks), *rest)


def _mirrored(row: Sequence[Any], now: datetime) -> MirroredKey:
    key = key_of(row[:_WIDTH])
    name, active, suspended, tier, version, created_at, updated_at, *rest = row[_WIDTH:]
    plan, disabled, hourly, revision = rest
    application = Application(
        key.application_id,
        key.owner,
        name,
        None,
        active,
        suspended,
        tier,
        version,
        created_at,
        updated_at,
    )
    live = key.live(now) and application.open and not disabled
    return mirrored(key, application, plan, hourly, revision, live=live)
