"""The track record in PostgreSQL: commitments, their signals and their voids, a page in three queries."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from kit.events import Event
from kit.stores.postgres import Database
from signals.errors import SignalChanged
from signals.model.commitment import Commitment, Head
from signals.model.record import Entry, Void
from signals.model.signal import AnalystId, Decision, Signal, SignalId
from signals.ports import CommitmentLog, SignalBook

_VOIDS: Final[LiteralString] = """
SELECT signal_id::text, reason, note, voided_by, voided_at, market_at FROM voids
WHERE signal_id = ANY(%s::uuid[])
"""
_VOID: Final[LiteralString] = """
INSERT INTO voids (signal_id, reason, note, voided_by, voided_at, market_at) VALUES (%s, %s, %s, %s, %s, %s)
"""


class PostgresTrackRecord:
    """The record over the ``book`` of signals and the ``log`` of commitments, in one database."""

    def __init__(self, db: Database, book: SignalBook, log: CommitmentLog) -> None:
        self._db = db
        self._book = book
        self._log = log

    def head(self, analyst: AnalystId) -> Head | None:
        """Return the analyst's row."""
        row = self._db.one(
            "SELECT number, hash, committed_at FROM analysts WHERE id = %s AND number > 0", (analyst,)
        )
        return Head(*row) if row else None

    def entries(self, analyst: AnalystId, after: int, limit: int) -> list[Entry]:
        """Return a page."""
        return self._entries(self._log.page(analyst, after, limit))

    def find(self, signal_id: SignalId) -> Entry | None:
        """Return one entry."""
        found = self._log.find(signal_id)
        return self._entries([found])[0] if found else None

    def screen_out(self, signal: Signal, event: Event[Any], decision: Decision) -> None:
        """Lock the signal as numbering does, look for a number, save."""
        with self._db.transaction():
            self._db.one("SELECT FROM signals WHERE id = %s FOR UPDATE", (signal.id,))
            if self._log.find(signal.id) is not None:
                raise SignalChanged
            self._book.save(signal, event, decision)

    def void(self, signal: Signal, void: Void, event: Event[Any]) -> None:
        """Write state, event and void together."""
        one = void
        with self._db.transaction():
            self._book.save(signal, event)
            self._db.run(
                _VOID, (one.signal_id, one.reason, one.note, one.voided_by, one.voided_at, one.market_at)
            )

    def _entries(self, commitments: Sequence[Commitment]) -> list[Entry]:
        ids = list({one.sealed.signal_id for one in commitments})
        signals = {one.id: one for one in self._book.find_all(ids)}
        voids = {row[0]: Void(SignalId(row[0]), *row[1:]) for row in self._db.all(_VOIDS, (ids,))}
        return [
            Entry(
                one,
                signals[one.sealed.signal_id],
                None if one.sealed.revision else voids.get(one.sealed.signal_id),
            )
            for one in commitments
        ]
