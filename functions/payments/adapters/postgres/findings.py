"""What differs, and the newest look, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from kit import outbox
from kit.events import Event
from kit.events.payment_events import BooksDiffered
from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.model.reconciliation import Finding, Run

_MOST: Final = 1000
_NOTE: Final[LiteralString] = f"""
WITH changed AS (
    INSERT INTO book_findings (what, about, expected, found, found_at)
    SELECT n.*, %(at)s FROM unnest(%(whats)s::text[], %(abouts)s::text[], %(expected)s::bigint[],
        %(found)s::bigint[]) n
    ON CONFLICT (what, about) WHERE cleared_at IS NULL DO NOTHING RETURNING id
), {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""


class PostgresFindings:
    """See :class:`payments.ports.reconciling.Findings`; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def open(self) -> list[Finding]:
        """Read what is not cleared."""
        rows = self._db.all(
            "SELECT what, about, expected, found, found_at FROM book_findings WHERE cleared_at IS NULL"
            " ORDER BY id LIMIT %s",
            (_MOST,),
        )
        return [Finding(*row) for row in rows]

    def note(
        self, opened: Sequence[tuple[Finding, Event[BooksDiffered]]], cleared: Sequence[Finding], run: Run
    ) -> None:
        """Insert, update and replace in one transaction; each finding is told with its row."""
        with self._db.transaction():
            for one, event in opened:
                row = self._db.one(_NOTE, _finding(one, run.at) | outbox.params(event))
                if row and row[0]:
                    self._outbox.wake(event)
            for one in cleared:
                self._db.run(
                    "UPDATE book_findings SET cleared_at = %s"
                    " WHERE what = %s AND about = %s AND cleared_at IS NULL",
                    (run.at, one.what, one.about),
                )
            self._db.run(
                "INSERT INTO book_runs (at, entries, postings, looked_at, opened, cleared, looked_to)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (one) DO UPDATE SET at = EXCLUDED.at,"
                " entries = EXCLUDED.entries, postings = EXCLUDED.postings, looked_at = EXCLUDED.looked_at,"
                " opened = EXCLUDED.opened, cleared = EXCLUDED.cleared,"
                " looked_to = EXCLUDED.looked_to",
                (
                    run.at,
                    run.entries,
                    run.postings,
                    run.looked_at,
                    run.opened,
                    run.cleared,
                    run.looked_to,
                ),
            )

    def last_run(self) -> Run | None:
        """Read it."""
        row = self._db.one(
            "SELECT at, entries, postings, looked_at, opened, cleared, looked_to::text FROM book_runs"
        )
        return Run(*row) if row else None


def _finding(one: Finding, at: datetime) -> dict[str, object]:
    return {
        "at": at,
        "whats": [one.what],
        "abouts": [one.about],
        "expected": [one.expected],
        "found": [one.found],
    }
