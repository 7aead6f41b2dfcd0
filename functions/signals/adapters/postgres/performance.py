"""Facts and trades in PostgreSQL: one signal at a time under its lock, all of them under everybody's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final, LiteralString

from kit import events
from kit.events import Data, Event
from kit.stores.postgres import Database
from signals.model.performance import Trade
from signals.ports import Projection, TradeQuery

_FIELDS: Final = tuple(Trade.__dataclass_fields__)
_BATCH: Final = 500
_ALL: Final = "signals.performance"
_KEEP: Final[LiteralString] = """
INSERT INTO performance_facts (signal_id, version, event_id, type, happened_at, payload)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_FACTS: Final[LiteralString] = """
SELECT signal_id::text, payload FROM performance_facts WHERE signal_id = ANY(%s::uuid[])
ORDER BY signal_id, version, event_id
"""
_NEXT: Final[LiteralString] = """
SELECT DISTINCT signal_id::text FROM performance_facts WHERE signal_id > %s ORDER BY 1 LIMIT %s
"""
_SHOW: Final[LiteralString] = """
INSERT INTO performance_trades (signal_id, analyst, strategy, symbol, timeframe, counted_at, state,
                                resolved_at, r, mfe_r, mae_r, recalled, version)
SELECT new.* FROM unnest(
    %(signal_id)s::uuid[], %(analyst)s::text[], %(strategy)s::text[], %(symbol)s::text[],
    %(timeframe)s::text[], %(counted_at)s::timestamptz[], %(state)s::text[],
    %(resolved_at)s::timestamptz[], %(r)s::numeric[], %(mfe_r)s::numeric[],
    %(mae_r)s::numeric[], %(recalled)s::boolean[], %(version)s::bigint[]) AS new
ON CONFLICT (signal_id) DO UPDATE SET
    analyst = EXCLUDED.analyst, strategy = EXCLUDED.strategy, symbol = EXCLUDED.symbol,
    timeframe = EXCLUDED.timeframe, counted_at = EXCLUDED.counted_at, state = EXCLUDED.state,
    resolved_at = EXCLUDED.resolved_at, r = EXCLUDED.r, mfe_r = EXCLUDED.mfe_r, mae_r = EXCLUDED.mae_r,
    recalled = EXCLUDED.recalled, version = EXCLUDED.version
"""
_TRADES: Final[LiteralString] = """
SELECT signal_id::text, analyst, strategy, symbol, timeframe, counted_at, state, resolved_at, r, mfe_r, mae_r,
       recalled, version
FROM performance_trades
WHERE (%(since)s::timestamptz IS NULL OR counted_at >= %(since)s)
  AND (%(analyst)s::text IS NULL OR analyst = %(analyst)s)
  AND (%(strategy)s::text IS NULL OR strategy = %(strategy)s)
  AND (%(symbol)s::text IS NULL OR symbol = %(symbol)s)
  AND (%(timeframe)s::text IS NULL OR timeframe = %(timeframe)s)
"""
_SHARED: Final[LiteralString] = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_LOCK: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class PostgresPerformanceBook:
    """The book; ``facts`` are the event types it can read back."""

    def __init__(self, db: Database, facts: Iterable[type[Data]]) -> None:
        self._db = db
        self._events: events.Reader[Data] = events.Reader({one.TYPE: one for one in facts})

    def take(self, fact: Event[Any], project: Projection) -> None:
        """Wait for a rebuild and for who takes in the same signal, keep, project."""
        with self._db.transaction():
            self._db.one(_SHARED, (_ALL,))
            self._db.one(_LOCK, (f"{_ALL}:{fact.subject}",))
            self._db.run(
                _KEEP, (fact.subject, fact.version, fact.id, fact.type, fact.time, events.encode(fact))
            )
            self._show(self._projected([fact.subject], project))

    def rebuild(self, project: Projection) -> int:
        """Keep everybody else out, clear, project batch by batch."""
        made = 0
        with self._db.transaction():
            self._db.one(_LOCK, (_ALL,))
            self._db.run("DELETE FROM performance_trades", ())
            for batch in self._batches():
                trades = self._projected(batch, project)
                self._show(trades)
                made += len(trades)
        return made

    def trades(self, query: TradeQuery) -> list[Trade]:
        """Let the database filter."""
        return [Trade(*row) for row in self._db.all(_TRADES, asdict(query))]

    def _batches(self) -> Iterator[list[str]]:
        last = "00000000-0000-0000-0000-000000000000"
        while batch := [row[0] for row in self._db.all(_NEXT, (last, _BATCH))]:
            yield batch
            last = batch[-1]

    def _projected(self, signals: Sequence[str], project: Projection) -> list[Trade]:
        rows = self._db.all(_FACTS, (list(signals),))
        made = (
            project([one for row in group if (one := self._events.read(bytes(row[1]))) is not None])
            for _, group in groupby(rows, key=lambda row: row[0])
        )
        return [one for one in made if one is not None]

    def _show(self, trades: Sequence[Trade]) -> None:
        if trades:
            self._db.run(_SHOW, {name: [getattr(one, name) for one in trades] for name in _FIELDS})
