"""Backtests in PostgreSQL. A change names the states it may come from, so a late worker changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit.stores.postgres import Database
from signals.errors import TooManyBacktests
from signals.model.backtest import BEGINS_AT, Backtest, BacktestId, Slice, Step, Wanted

_COLUMNS: Final[LiteralString] = """
id::text, owner, wanted, created_at, updated_at, status, step, share,
(SELECT count(*) FROM backtest_slices WHERE backtest_id = id),
(SELECT count(*) FROM backtest_slices WHERE backtest_id = id AND decided IS NOT NULL), reason
"""
_AT_WORK: Final[LiteralString] = "status IN ('queued', 'running')"
# the lock is the owner's: two orders at once count one another
_LOCK: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended('backtests of ' || %s, 0))"
_ADD: Final[LiteralString] = f"""
INSERT INTO backtests (id, owner, wanted, created_at, updated_at, status, step, rank, share, reason)
SELECT %(id)s, %(owner)s, %(wanted)s, %(created_at)s, %(updated_at)s, %(status)s, %(step)s, %(rank)s,
       %(share)s, %(reason)s
WHERE (SELECT count(*) FROM backtests WHERE owner = %(owner)s AND {_AT_WORK}) < %(most)s
"""
_FIND: Final[LiteralString] = f"SELECT {_COLUMNS} FROM backtests WHERE id = %s"
_OF: Final[LiteralString] = f"SELECT {_COLUMNS} FROM backtests WHERE id = %s AND owner = %s"
_PAGE: Final[LiteralString] = f"""
SELECT {_COLUMNS} FROM backtests
WHERE owner = %(owner)s
  AND (%(after_at)s::timestamptz IS NULL
       OR (created_at, id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""
_END: Final[LiteralString] = f"""
UPDATE backtests SET status = %s, step = 'ended', reason = %s, updated_at = %s WHERE id = %s AND {_AT_WORK}
"""
_ADVANCE: Final[LiteralString] = f"""
UPDATE backtests SET status = 'running', updated_at = %(at)s,
    step = CASE WHEN (%(rank)s, %(share)s::real) > (rank, share) THEN %(step)s ELSE step END,
    share = CASE WHEN (%(rank)s, %(share)s::real) > (rank, share) THEN %(share)s ELSE share END,
    rank = greatest(rank, %(rank)s)
WHERE id = %(id)s AND {_AT_WORK}
"""
_PLAN: Final[LiteralString] = """
INSERT INTO backtest_slices (backtest_id, number, work)
SELECT %s, number - 1, work FROM unnest(%s::text[]) WITH ORDINALITY AS laid (work, number)
ON CONFLICT DO NOTHING
"""
_TOUCH: Final[LiteralString] = f"UPDATE backtests SET updated_at = %s WHERE id = %s AND {_AT_WORK}"
_SLICES: Final[LiteralString] = """
SELECT number, work, decided FROM backtest_slices WHERE backtest_id = %s ORDER BY number
"""
_SLICE: Final[LiteralString] = """
SELECT number, work, decided FROM backtest_slices WHERE backtest_id = %s AND number = %s
"""
_DECIDE: Final[LiteralString] = """
UPDATE backtest_slices SET decided = %s WHERE backtest_id = %s AND number = %s AND decided IS NULL
"""
_CONCLUDE: Final[LiteralString] = f"""
UPDATE backtests SET finding = %s, updated_at = %s WHERE id = %s AND {_AT_WORK}
"""
_TAKE_STUCK: Final[LiteralString] = f"""
UPDATE backtests SET attempts = attempts + 1, updated_at = %(now)s WHERE id IN (
    SELECT id FROM backtests WHERE {_AT_WORK} AND updated_at < %(before)s
    ORDER BY updated_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING id::text, attempts
"""


_FORGET_SLICES: Final[LiteralString] = f"""
DELETE FROM backtest_slices USING backtests
WHERE id = backtest_id AND NOT {_AT_WORK} AND updated_at < %s
"""
_FORGET: Final[LiteralString] = f"DELETE FROM backtests WHERE NOT {_AT_WORK} AND updated_at < %s"


class PostgresBacktestBook:
    """Orders, slices and findings."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, backtest: Backtest, most: int) -> None:
        """Insert unless the owner has too many."""
        one = backtest
        with self._db.transaction():
            self._db.one(_LOCK, (one.owner,))
            added = self._db.run(
                _ADD,
                {
                    "id": one.id,
                    "owner": one.owner,
                    "wanted": Jsonb(msgspec.to_builtins(one.wanted)),
                    "created_at": one.created_at,
                    "updated_at": one.updated_at,
                    "status": one.status,
                    "step": one.step,
                    "rank": BEGINS_AT[one.step],
                    "share": one.share,
                    "reason": one.reason,
                    "most": most,
                },
            )
        if not added:
            raise TooManyBacktests

    def find(self, backtest_id: BacktestId) -> Backtest | None:
        """Return it."""
        row = self._db.one(_FIND, (backtest_id,))
        return _backtest(row) if row else None

    def of(self, owner: str, backtest_id: BacktestId) -> Backtest | None:
        """Return it where ``owner`` owns it."""
        row = self._db.one(_OF, (backtest_id, owner))
        return _backtest(row) if row else None

    def page(self, owner: str, limit: int, after: tuple[datetime, BacktestId] | None) -> list[Backtest]:
        """Return a page."""
        at, last = after or (None, None)
        asked = {"owner": owner, "after_at": at, "after_id": last, "limit": limit}
        return [_backtest(row) for row in self._db.all(_PAGE, asked)]

    def end(
        self,
        backtest_id: BacktestId,
        status: Literal["done", "failed", "cancelled"],
        reason: str,
        at: datetime,
    ) -> bool:
        """Update what is at work."""
        return bool(self._db.run(_END, (status, reason, at, backtest_id)))

    def advance(self, backtest_id: BacktestId, step: Step, share: float, at: datetime) -> bool:
        """Update what is at work, never backwards."""
        asked = {"id": backtest_id, "step": step, "rank": BEGINS_AT[step], "share": share, "at": at}
        return bool(self._db.run(_ADVANCE, asked))

    def plan(self, backtest_id: BacktestId, works: Sequence[str], at: datetime) -> None:
        """Insert what is not there."""
        with self._db.transaction():
            self._db.run(_PLAN, (backtest_id, list(works)))
            self._db.run(_TOUCH, (at, backtest_id))

    def slices(self, backtest_id: BacktestId) -> list[Slice]:
        """Return them in order."""
        return [Slice(*row) for row in self._db.all(_SLICES, (backtest_id,))]

    def slice(self, backtest_id: BacktestId, number: int) -> Slice | None:
        """Return one."""
        row = self._db.one(_SLICE, (backtest_id, number))
        return Slice(*row) if row else None

    def decide(self, backtest_id: BacktestId, number: int, decided: str, at: datetime) -> None:
        """Keep the first answer."""
        with self._db.transaction():
            self._db.run(_DECIDE, (decided, backtest_id, number))
            self._db.run(_TOUCH, (at, backtest_id))

    def conclude(self, backtest_id: BacktestId, finding: str, at: datetime) -> None:
        """Keep it while the order is at work."""
        self._db.run(_CONCLUDE, (finding, at, backtest_id))

    def finding(self, backtest_id: BacktestId) -> str | None:
        """Return it."""
        row = self._db.one("SELECT finding FROM backtests WHERE id = %s", (backtest_id,))
        return row[0] if row else None

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[BacktestId, int]]:
        """Claim rows that nobody else claims at this moment."""
        rows = self._db.all(_TAKE_STUCK, {"before": before, "now": now, "limit": limit})
        return [(BacktestId(row[0]), row[1]) for row in rows]

    def forget(self, slices_before: datetime, orders_before: datetime) -> int:
        """Delete what is old, slices first."""
        with self._db.transaction():
            self._db.run(_FORGET_SLICES, (max(slices_before, orders_before),))
            return self._db.run(_FORGET, (orders_before,))


def _backtest(row: tuple[Any, ...]) -> Backtest:
    wanted = msgspec.convert(row[2], Wanted)
    return Backtest(
        id=BacktestId(row[0]),
        owner=row[1],
        wanted=wanted,
        created_at=row[3],
        updated_at=row[4],
        status=row[5],
        step=row[6],
        share=row[7],
        slices=row[8],
        slices_done=row[9],
        reason=row[10],
    )
