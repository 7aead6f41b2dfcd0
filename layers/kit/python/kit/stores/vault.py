"""The wrapped data keys of :mod:`kit.sealing` in the schema ``vault``, reached through its functions only."""

from datetime import datetime
from typing import Any

from kit import clock
from kit.sealing import Erased
from kit.stores.postgres import Database


class PostgresVault:
    """On the domain's own connection: what is sealed in a transaction commits or vanishes with it.

    A key made in a transaction that rolls back vanishes too, with all it sealed.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def wrapped(self, subject: str) -> bytes | None:
        """See :class:`kit.sealing.KeyVault`."""
        row = self._db.one("SELECT wrapped, destroyed FROM vault.wrapped_key(%s)", (subject,))
        return _standing(row)

    def keep(self, subject: str, wrapped: bytes, at: datetime) -> bytes:
        """See :class:`kit.sealing.KeyVault`."""
        row = self._db.one(
            "SELECT wrapped, destroyed FROM vault.keep_key(%s, %s, %s)", (subject, wrapped, at)
        )
        found = _standing(row)
        assert found is not None, "a subject has a key once one was kept"
        return found

    def destroy(self, subject: str) -> bool:
        """Destroy the subject's key for ever; False when it was destroyed before. Only audit's role may."""
        row = self._db.one("SELECT vault.destroy_key(%s, %s)", (subject, clock.now()))
        assert row is not None
        return bool(row[0])


def _standing(row: tuple[Any, ...] | None) -> bytes | None:
    if row is not None and row[1]:
        raise Erased
    return None if row is None or row[0] is None else bytes(row[0])
