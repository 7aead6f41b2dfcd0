"""Candles and tape positions in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from kit.stores.postgres import Database
from signals.model.market import Candle, Timeframe
from signals.ports import TapePosition

_SAVE = """
INSERT INTO candles AS known (symbol, timeframe, closed_at, open, high, low, close, volume)
SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::numeric[], %s::numeric[], %s::numeric[],
                     %s::numeric[], %s::bigint[])
ON CONFLICT (symbol, timeframe, closed_at) DO UPDATE SET
    open = EXCLUDED.open, high = EXCLUDED.high, low = EXCLUDED.low, close = EXCLUDED.close,
    volume = EXCLUDED.volume
WHERE (known.open, known.high, known.low, known.close, known.volume)
    IS DISTINCT FROM (EXCLUDED.open, EXCLUDED.high, EXCLUDED.low, EXCLUDED.close, EXCLUDED.volume)
"""
_REMOVE = """
DELETE FROM candles WHERE (symbol, timeframe, closed_at) IN (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[]))
"""
_LAST = """
SELECT closed_at, open, high, low, close, volume FROM candles
WHERE symbol = %s AND timeframe = %s AND closed_at <= %s ORDER BY closed_at DESC LIMIT %s
"""
_BETWEEN = """
SELECT closed_at, open, high, low, close, volume FROM candles
WHERE symbol = %s AND timeframe = %s AND closed_at > %s AND closed_at <= %s ORDER BY closed_at
"""
_FIND = "SELECT tape, lap, row, refused FROM tape_positions WHERE tape = %s"
_MOVE = """
INSERT INTO tape_positions AS known (tape, lap, row, refused)
VALUES (%(tape)s, %(lap)s, %(row)s, %(refused)s)
ON CONFLICT (tape) DO UPDATE SET lap = EXCLUDED.lap, row = EXCLUDED.row, refused = EXCLUDED.refused
WHERE (known.lap, known.row, known.refused) = (%(was_lap)s, %(was_row)s, %(was_refused)s)
"""


class PostgresCandleStore:
    """Candles in one table."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save(self, candles: Sequence[Candle]) -> None:
        """Insert all in one command; one that is there with other values is replaced."""
        rows = [
            (c.symbol, c.timeframe, c.closed_at, c.open, c.high, c.low, c.close, c.volume) for c in candles
        ]
        if rows:
            self._db.run(_SAVE, [list(column) for column in zip(*rows, strict=True)])

    def remove(self, candles: Sequence[Candle]) -> None:
        """Delete all in one command."""
        rows = [(c.symbol, c.timeframe, c.closed_at) for c in candles]
        if rows:
            self._db.run(_REMOVE, [list(column) for column in zip(*rows, strict=True)])

    def last(self, symbol: str, timeframe: Timeframe, until: datetime, count: int) -> list[Candle]:
        """Return the newest until then, oldest first."""
        rows = self._db.all(_LAST, (symbol, timeframe, until, count))
        return [Candle(symbol, timeframe, *row) for row in reversed(rows)]

    def between(self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime) -> list[Candle]:
        """Return those in the span, oldest first."""
        rows = self._db.all(_BETWEEN, (symbol, timeframe, after, until))
        return [Candle(symbol, timeframe, *row) for row in rows]


class PostgresTapePositions:
    """One row a tape, moved by compare and set."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, tape: str) -> TapePosition:
        """Return the position, the start when there is no row."""
        row = self._db.one(_FIND, (tape,))
        return TapePosition(*row) if row else TapePosition(tape)

    def move(self, before: TapePosition, after: TapePosition) -> bool:
        """Insert or replace exactly ``before``."""
        return bool(
            self._db.run(
                _MOVE,
                {
                    "tape": after.tape,
                    "lap": after.lap,
                    "row": after.row,
                    "refused": after.refused,
                    "was_lap": before.lap,
                    "was_row": before.row,
                    "was_refused": before.refused,
                },
            )
        )
