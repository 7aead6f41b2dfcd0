"""Identities of a provider on PostgreSQL, and proofs that were used.

Locks come in one order: the account, then its identities.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from kit import behalf
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres.accounts import COLUMNS, PostgresAccounts, bump, user_of
from users.model import Identity, IdentityId, User, UserId
from users.ports import TellAll, Unlinked

_USER_OF = (
    f"SELECT {COLUMNS} FROM users.identities i JOIN users.users u ON u.id = i.user_id"
    " WHERE i.issuer = %s AND i.subject = %s"
)
_KEEP = (
    "INSERT INTO users.identities (id, issuer, subject, user_id, linked_at) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (issuer, subject) DO NOTHING"
)
_AT_VERSION = "SELECT 1 FROM users.users WHERE id = %s AND version = %s FOR UPDATE"
_OF = (
    "SELECT id::text, issuer, subject, user_id::text, linked_at FROM users.identities"
    " WHERE user_id = %s ORDER BY linked_at, id"
)
_PASSWORD: LiteralString = "SELECT password_hash FROM users.users WHERE id = %s FOR UPDATE"  # noqa: S105 - a query
_DROP = "DELETE FROM users.identities WHERE id = %s AND user_id = %s"


class _TakenError(Exception):
    """Somebody else was first: nothing of the command stays."""


class PostgresIdentities:
    """Identities; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox, accounts: PostgresAccounts) -> None:
        self._db = db
        self._outbox = outbox
        self._accounts = accounts

    def user_of(self, issuer: str, subject: str) -> User | None:
        """See :class:`users.ports.Identities`."""
        with behalf.of(behalf.EVERYBODY):  # that an identity is taken counts for whoever wants it
            row = self._db.one(_USER_OF, (issuer, subject))
        return user_of(row) if row else None

    def open(self, user: User, identity: Identity, events: Sequence[Event[Any]]) -> bool:
        """See :class:`users.ports.Identities`."""
        first, *others = events
        try:
            with self._db.transaction():
                if not self._accounts.seed(user, first):
                    return False
                self._keep(identity)
                self._outbox.append(*others)
        except _TakenError:
            return False
        return True

    def link(self, identity: Identity, version: int, tell: TellAll) -> User | None:
        """See :class:`users.ports.Identities`."""
        try:
            with self._db.transaction():
                if self._db.one(_AT_VERSION, (identity.user_id, version)) is None:
                    return None
                self._keep(identity)
                return self._told(identity.user_id, identity.linked_at, tell)
        except _TakenError:
            return None

    def of(self, user_id: UserId) -> list[Identity]:
        """See :class:`users.ports.Identities`."""
        rows = self._db.all(_OF, (user_id,))
        return [Identity(IdentityId(row[0]), row[1], row[2], UserId(row[3]), row[4]) for row in rows]

    def unlink(self, identity_id: IdentityId, user_id: UserId, now: datetime, tell: TellAll) -> Unlinked:
        """See :class:`users.ports.Identities`."""
        with self._db.transaction():
            row = self._db.one(_PASSWORD, (user_id,))  # the lock keeps two removals from taking the last two
            own = [one.id for one in self.of(user_id)]
            if row is None or identity_id not in own:
                return "unknown"
            if row[0] == model.NO_PASSWORD and len(own) == 1:
                return "last"
            self._db.run(_DROP, (identity_id, user_id))
            self._told(user_id, now, tell)
        return "unlinked"

    def _keep(self, identity: Identity) -> None:
        values = (identity.id, identity.issuer, identity.subject, identity.user_id, identity.linked_at)
        if not self._db.run(_KEEP, values):
            raise _TakenError

    def _told(self, user_id: UserId, now: datetime, tell: TellAll) -> User:
        user = bump(self._db, user_id, now)
        assert user is not None, "the account is locked"
        self._outbox.append(*tell(user))
        return user


class PostgresSpentProofs:
    """Proofs that were used: the key is the check."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def spend(self, digest: bytes, until: datetime) -> bool:
        """See :class:`users.ports.SpentProofs`."""
        spent = self._db.run(
            "INSERT INTO users.spent_proofs (digest, until) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (digest, until),
        )
        return spent == 1
