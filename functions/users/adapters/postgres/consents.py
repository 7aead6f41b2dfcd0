"""The ledger of consents on PostgreSQL."""

from collections.abc import Sequence
from typing import Any, LiteralString

from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres.accounts import bump
from users.model import ConsentEntry, ConsentId, UserId
from users.ports import Tell

_COLUMNS: LiteralString = "id::text, user_id::text, purpose, version, digest, given, locale, at"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('consent:' || %s, 0))"
_NEWEST = (
    f"SELECT {_COLUMNS} FROM users.consents WHERE user_id = %s AND purpose = %s ORDER BY seq DESC LIMIT 1"
)
_ADD = (
    "INSERT INTO users.consents (id, user_id, purpose, version, digest, given, locale, at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
_EACH = (
    f"SELECT DISTINCT ON (purpose) {_COLUMNS} FROM users.consents WHERE user_id = %s"
    " ORDER BY purpose, seq DESC"
)
_HISTORY = (
    f"SELECT {_COLUMNS} FROM users.consents WHERE user_id = %s"
    " AND seq < coalesce((SELECT seq FROM users.consents WHERE id = %s AND user_id = %s), 1::bigint << 62)"
    " ORDER BY seq DESC LIMIT %s"
)


class PostgresConsents:
    """Consents; writes its events to ``outbox``."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        self._db = db
        self._outbox = outbox

    def add(self, entry: ConsentEntry, tell: Tell) -> bool:
        """See :class:`users.ports.Consents`."""
        with self._db.transaction():
            self._db.run(_LOCK, (entry.user_id,))  # or two at once would both see the line before
            newest = self._db.one(_NEWEST, (entry.user_id, entry.purpose))
            if not model.is_news(entry, _entry_of(newest) if newest else None):
                return False
            self._db.run(
                _ADD,
                (
                    entry.id,
                    entry.user_id,
                    entry.purpose,
                    entry.version,
                    entry.digest,
                    entry.given,
                    entry.locale,
                    entry.at,
                ),
            )
            user = bump(self._db, entry.user_id, entry.at)
            assert user is not None, "a consent has an account"
            self._outbox.append(tell(user))
        return True

    def newest(self, user_id: UserId) -> list[ConsentEntry]:
        """See :class:`users.ports.Consents`."""
        return [_entry_of(row) for row in self._db.all(_EACH, (user_id,))]

    def history(self, user_id: UserId, before: ConsentId | None, at_most: int) -> list[ConsentEntry]:
        """See :class:`users.ports.Consents`."""
        rows = self._db.all(_HISTORY, (user_id, before, user_id, at_most))
        return [_entry_of(row) for row in rows]


def _entry_of(row: Sequence[Any]) -> ConsentEntry:
    return ConsentEntry(ConsentId(row[0]), UserId(row[1]), *row[2:])
