"""Accounts for tests of stores, and what was written about them."""

from typing import Any

from kit import clock, events, ids
from kit.events import Event
from kit.events.user_events import UserRegistered
from kit.identity import Role
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.postgres import PostgresAccounts
from users.model import User, UserId

NOW = clock.now().replace(microsecond=123456)


def a_user(email: str | None = None, phone: str | None = None, roles: tuple[Role, ...] = ()) -> User:
    """Return an account that nobody has opened yet, at ``email`` or an address of its own."""
    user_id = UserId(ids.uuid7())
    address = email or (None if phone else f"{user_id}@example.com")
    return User(user_id, address, phone, "hash-1", "", "en", ("user", *roles), "free", 0, 1, NOW, NOW)


def registered(user: User) -> Event[Any]:
    """Return the event that opens ``user``."""
    data = UserRegistered(user_id=user.id, plan=user.plan, roles=user.roles, registered_at=NOW)
    return events.new(data, subject=user.id, version=user.version)


def opened(db: Database, user: User | None = None) -> User:
    """Open ``user`` in the database, as if nothing had been told of it."""
    found = user or a_user()
    assert PostgresAccounts(db, Outbox(db, None)).seed(found, registered(found))
    db.run("DELETE FROM users.outbox")
    return found


def written(db: Database) -> list[tuple[str, int]]:
    """Return type and version of the events in the outbox, in order."""
    rows = db.all(
        "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'type', version FROM users.outbox ORDER BY seq"
    )
    return [(row[0], row[1]) for row in rows]
