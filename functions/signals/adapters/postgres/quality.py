"""The quality ledger in PostgreSQL: one row a series, one row a defect."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from kit.stores.postgres import Database
from signals.model.market import Candle
from signals.model.quality import (
    HELD,
    Defect,
    Reason,
    SeriesKey,
    SeriesQuality,
    SeriesState,
    Tally,
    defect,
    from_row,
    stamp,
)

_STATES = """
SELECT symbol, timeframe, first_at, last_at, revision,
       (SELECT max(held.closed_at) FROM candle_quarantine AS held
        WHERE (held.symbol, held.timeframe) = (candle_quality.symbol, candle_quality.timeframe)
          AND held.reason IN ('jump', 'superseded'))
FROM candle_quality
JOIN unnest(%s::text[], %s::text[]) AS asked (symbol, timeframe) USING (symbol, timeframe)
WHERE last_at IS NOT NULL
"""
_NOTE = """
WITH tallied AS (
    INSERT INTO candle_quality AS known (symbol, timeframe, received, stored, duplicates, out_of_order,
                                         off_session, revision, first_at, last_at)
    SELECT * FROM unnest(%(symbol)s::text[], %(timeframe)s::text[], %(received)s::bigint[],
                         %(stored)s::bigint[], %(duplicates)s::bigint[], %(out_of_order)s::bigint[],
                         %(off_session)s::bigint[], %(rewritten)s::int[], %(first_at)s::timestamptz[],
                         %(last_at)s::timestamptz[])
    ON CONFLICT (symbol, timeframe) DO UPDATE SET
        received = known.received + EXCLUDED.received,
        stored = known.stored + EXCLUDED.stored,
        duplicates = known.duplicates + EXCLUDED.duplicates,
        out_of_order = known.out_of_order + EXCLUDED.out_of_order,
        off_session = known.off_session + EXCLUDED.off_session,
        revision = known.revision + EXCLUDED.revision,
        first_at = least(known.first_at, EXCLUDED.first_at),
        last_at = greatest(known.last_at, EXCLUDED.last_at)
), let_go AS (
    DELETE FROM candle_quarantine WHERE id = ANY(%(released)s::text[])
)
INSERT INTO candle_quarantine AS known (id, symbol, timeframe, closed_at, reason, detail, row, first_seen_at,
                                        last_seen_at)
SELECT found.*, %(at)s, %(at)s
FROM unnest(%(id)s::text[], %(of)s::text[], %(in)s::text[], %(closed_at)s::text[], %(reason)s::text[],
            %(detail)s::text[], %(row)s::text[]) AS found
ON CONFLICT (id) DO UPDATE SET seen = known.seen + 1, last_seen_at = EXCLUDED.last_seen_at
"""
# times of held candles are as :func:`stamp` writes them, so their text sorts as they do; a cast might meet
# the text of another reason that is no time at all
_HELD = """
SELECT row, reason FROM candle_quarantine
WHERE symbol = %s AND timeframe = %s AND reason IN ('jump', 'superseded') AND closed_at >= %s
"""
_REPORT = """
SELECT symbol, timeframe, coalesce(received, 0), coalesce(stored, 0), coalesce(duplicates, 0),
       coalesce(out_of_order, 0), coalesce(off_session, 0), first_at, last_at, coalesce(reasons, '{}')
FROM candle_quality
FULL JOIN (
    SELECT symbol, timeframe, jsonb_object_agg(reason, number) AS reasons
    FROM (SELECT symbol, timeframe, reason, count(*) AS number FROM candle_quarantine
          GROUP BY symbol, timeframe, reason) AS counted
    GROUP BY symbol, timeframe
) AS corrupt USING (symbol, timeframe)
ORDER BY symbol, timeframe
"""
_COLUMNS = ("received", "stored", "duplicates", "out_of_order", "off_session", "first_at", "last_at")


class PostgresQualityLedger:
    """One command a note, so that counts and quarantine never part."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def states(self, keys: Collection[SeriesKey]) -> Mapping[SeriesKey, SeriesState]:
        """Return those with accepted candles."""
        rows = self._db.all(_STATES, ([key.symbol for key in keys], [key.timeframe for key in keys]))
        return {SeriesKey(row[0], row[1]): _state(row) for row in rows}

    def note(
        self, tallies: Sequence[Tally], defects: Sequence[Defect], released: Collection[Candle], at: datetime
    ) -> None:
        """Add, quarantine, let go, in one command."""
        distinct = {one.id: one for one in defects}
        given: dict[str, Any] = {name: [getattr(one, name) for one in tallies] for name in _COLUMNS}
        given |= {
            "symbol": [one.key.symbol for one in tallies],
            "timeframe": [one.key.timeframe for one in tallies],
            "rewritten": [int(one.rewritten) for one in tallies],
            "released": [defect(one, reason, "").id for one in released for reason in HELD],
            "id": [*distinct],
            "of": [one.symbol for one in distinct.values()],
            "in": [one.timeframe for one in distinct.values()],
            "at": at,
        }
        for name in ("closed_at", "reason", "detail", "row"):
            given[name] = [getattr(one, name) for one in distinct.values()]
        self._db.run(_NOTE, given)

    def held(self, key: SeriesKey, since: datetime) -> Mapping[Candle, Reason]:
        """Return what may prove true later."""
        rows = self._db.all(_HELD, (*key, stamp(since)))
        return {from_row(row, key.timeframe): reason for row, reason in rows}

    def report(self) -> list[SeriesQuality]:
        """Return every series."""
        return [SeriesQuality(SeriesKey(row[0], row[1]), *row[2:]) for row in self._db.all(_REPORT)]


def _state(row: Sequence[Any]) -> SeriesState:
    return SeriesState(row[2], row[3], row[4], datetime.fromisoformat(row[5]) if row[5] else None)
