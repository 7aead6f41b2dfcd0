"""Commitments in PostgreSQL, numbered under the lock of their analyst's row."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, LiteralString

from kit.stores.postgres import Database
from signals.errors import SignalChanged
from signals.model.commitment import GENESIS, Commitment, Head, Sealed
from signals.model.signal import AnalystId, SignalId

_COLUMNS: Final[LiteralString] = (
    "signal_id::text, analyst, canonical, nonce, sealed_at, revision, number, previous, committed_at, kept_at"
)
_FIND: Final[LiteralString] = f"SELECT {_COLUMNS} FROM commitments WHERE signal_id = %s AND revision = %s"
_PAGE: Final[LiteralString] = f"""
SELECT {_COLUMNS} FROM commitments WHERE analyst = %s AND number > %s ORDER BY number LIMIT %s
"""
_LOCK: Final[LiteralString] = "SELECT number, hash, committed_at FROM analysts WHERE id = %s FOR UPDATE"
_APPEND: Final[LiteralString] = """
WITH added AS (
    INSERT INTO commitments (analyst, number, signal_id, revision, canonical, nonce, sealed_at, hash,
                             previous, committed_at)
    VALUES (%(analyst)s, %(number)s, %(signal_id)s, %(revision)s, %(canonical)s, %(nonce)s, %(sealed_at)s,
            %(hash)s, %(previous)s, %(committed_at)s)
)
UPDATE analysts SET number = %(number)s, hash = %(link)s, committed_at = %(committed_at)s
WHERE id = %(analyst)s
"""


class PostgresCommitmentLog:
    """The log of promises."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, sealed: Sealed) -> Commitment:
        """Take the next number: whoever comes at the same moment waits for the analyst's row."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO analysts (id, hash) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (sealed.analyst, GENESIS),
            )
            head = self._db.one(_LOCK, (sealed.analyst,))
            assert head is not None, "the row was made a line above"
            known = self.find(sealed.signal_id, sealed.revision)
            if known is not None:
                return known
            if not sealed.revision:
                self._refuse_ended(sealed.signal_id)
            commitment = sealed.numbered(Head(*head))
            self._db.run(_APPEND, _params(commitment))
        return commitment

    def _refuse_ended(self, signal_id: SignalId) -> None:
        """Hold the signal's row until the number is written: nobody screens it out meanwhile."""
        row = self._db.one("SELECT status FROM signals WHERE id = %s FOR UPDATE", (signal_id,))
        if row is not None and row[0] in {"screened_out", "withdrawn"}:
            raise SignalChanged

    def kept(self, commitment: Commitment, at: datetime) -> Commitment:
        """Note the first time."""
        self._db.run(
            "UPDATE commitments SET kept_at = coalesce(kept_at, %s) WHERE signal_id = %s AND revision = %s",
            (at, commitment.sealed.signal_id, commitment.sealed.revision),
        )
        return replace(commitment, kept_at=at)

    def find(self, signal_id: SignalId, revision: int = 0) -> Commitment | None:
        """Return the commitment."""
        row = self._db.one(_FIND, (signal_id, revision))
        return _commitment(row) if row else None

    def page(self, analyst: AnalystId, after: int, limit: int) -> list[Commitment]:
        """Return them in order."""
        return [_commitment(row) for row in self._db.all(_PAGE, (analyst, after, limit))]


def _params(commitment: Commitment) -> dict[str, Any]:
    sealed = commitment.sealed
    return {
        "analyst": sealed.analyst,
        "number": commitment.number,
        "signal_id": sealed.signal_id,
        "revision": sealed.revision,
        "canonical": sealed.canonical,
        "nonce": sealed.nonce,
        "sealed_at": sealed.sealed_at,
        "hash": sealed.hash,
        "link": commitment.link,
        "previous": commitment.previous,
        "committed_at": commitment.committed_at,
    }


def _commitment(row: tuple[Any, ...]) -> Commitment:
    sealed = Sealed(SignalId(row[0]), AnalystId(row[1]), row[2], bytes(row[3]), row[4], row[5])
    return Commitment(sealed, *row[6:])
