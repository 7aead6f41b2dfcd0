"""Signals, decisions and waiting workflows in PostgreSQL; a change and its event are one round trip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit import outbox
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from signals.adapters.postgres import listing, protection
from signals.adapters.postgres.protection import PASSED_DRAFT
from signals.errors import SignalChanged
from signals.model.market import Timeframe
from signals.model.protection import Past
from signals.model.signal import Decision, Revision, Signal, SignalId, Status, Terms
from signals.ports import Deed, SignalQuery, Waiting

_COLUMNS: Final[LiteralString] = (
    "id::text, terms, drafted_at, status, version, policy_version, published_at, live_from, day_rank,"
    " closed_at, exit_price, mfe, mae, drafted_by, cancel_reason, recalled_at, recall_reason,"
    " (SELECT jsonb_agg(content || jsonb_build_object('number', number, 'state', state, 'made_at', made_at,"
    " 'decided_by', decided_by, 'since', since, 'published_at', published_at) ORDER BY number)"
    " FROM revisions WHERE revisions.signal_id = signals.id AND state = 'published')"
)
_DRAFT: Final[LiteralString] = f"""
WITH changed AS (
    INSERT INTO signals (id, symbol, timeframe, candle_at, terms, drafted_at, status, version, policy_version,
                         drafted_by, driven_at)
    VALUES (%(id)s, %(symbol)s, %(timeframe)s, %(candle_at)s, %(terms)s, %(drafted_at)s, %(status)s,
            %(version)s, %(policy_version)s, %(drafted_by)s, %(drafted_at)s)
    ON CONFLICT (id) DO NOTHING RETURNING id
), {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""
_CHANGE: Final[LiteralString] = """
changed AS (
    UPDATE signals SET status = %(status)s, version = %(version)s, policy_version = %(policy_version)s,
        published_at = %(published_at)s, live_from = %(live_from)s, day_rank = %(day_rank)s,
        closed_at = %(closed_at)s, exit_price = %(exit_price)s, mfe = %(mfe)s, mae = %(mae)s,
        cancel_reason = %(cancel_reason)s, recalled_at = %(recalled_at)s, recall_reason = %(recall_reason)s
    WHERE id = %(id)s AND version = %(version)s - 1 RETURNING id
)"""
_SAVE: Final[LiteralString] = f"""
WITH {_CHANGE}, {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""
_FIND: Final[LiteralString] = f"SELECT {_COLUMNS} FROM signals WHERE id = %s"
_FIND_ALL: Final[LiteralString] = f"SELECT {_COLUMNS} FROM signals WHERE id = ANY(%s::uuid[])"
_RELATED: Final[LiteralString] = f"""
SELECT {_COLUMNS} FROM signals WHERE id IN (
    (SELECT id FROM signals
     WHERE symbol = %(symbol)s AND timeframe = %(timeframe)s
         AND status NOT IN ('draft', 'screened_out', 'withdrawn')
     ORDER BY candle_at DESC, id DESC LIMIT %(limit)s)
    UNION ALL
    SELECT id FROM signals WHERE symbol = %(symbol)s AND timeframe = %(timeframe)s AND {PASSED_DRAFT}
) ORDER BY candle_at DESC, id DESC LIMIT %(limit)s
"""
_LIVE: Final[LiteralString] = f"""
SELECT {_COLUMNS} FROM signals WHERE symbol = %s AND timeframe = %s AND status = 'live' ORDER BY id
"""
_OVERDUE: Final[LiteralString] = f"""
SELECT {_COLUMNS} FROM signals JOIN waiting ON waiting.signal_id = id
WHERE due_at <= %s AND status IN ('awaiting_approval', 'escalated') ORDER BY due_at LIMIT %s
"""
_TAKE_STUCK: Final[LiteralString] = """
UPDATE signals SET attempts = attempts + 1, driven_at = %(now)s WHERE id IN (
    SELECT id FROM signals WHERE status IN ('draft', 'approved') AND driven_at < %(before)s
    ORDER BY driven_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING id::text, attempts
"""
_TAKE_WAITING: Final[LiteralString] = f"""
UPDATE signals SET driven_at = %(now)s WHERE id IN (
    SELECT id FROM signals WHERE status IN ('awaiting_approval', 'escalated') AND driven_at < %(now)s
    ORDER BY driven_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING {_COLUMNS}
"""
_SCREENING_LOCK: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended('screening', 0))"
_RECORD: Final[LiteralString] = """
INSERT INTO decisions (signal_id, step, policy_version, passed, reasons, decided_by, decided_at, note)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_DECISIONS: Final[LiteralString] = """
SELECT signal_id::text, step, policy_version, passed, reasons, decided_by, decided_at, note
FROM decisions WHERE signal_id = %s ORDER BY decided_at
"""
_WAIT: Final[LiteralString] = """
INSERT INTO waiting (signal_id, token, due_at) VALUES (%s, %s, %s)
ON CONFLICT (signal_id) DO UPDATE SET token = EXCLUDED.token, due_at = EXCLUDED.due_at
"""
_RANK: Final[LiteralString] = """
INSERT INTO publication_days AS known (day, published) VALUES (%s, 1)
ON CONFLICT (day) DO UPDATE SET published = known.published + 1 RETURNING published
"""


class PostgresSignalBook:
    """The book of signals; ``relay`` is the function that publishes its events after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def draft(self, signal: Signal, event: Event[Any]) -> bool:
        """Insert once, with the event."""
        drafted = self._write(_DRAFT, signal, event)
        if drafted:
            self._outbox.wake(event)
        return drafted

    def find(self, signal_id: SignalId) -> Signal | None:
        """Return the signal."""
        row = self._db.one(_FIND, (signal_id,))
        return _signal(row) if row else None

    def find_all(self, signal_ids: Sequence[SignalId]) -> list[Signal]:
        """Return what there is of them."""
        return [_signal(row) for row in self._db.all(_FIND_ALL, (list(signal_ids),))]

    def page(self, query: SignalQuery) -> list[Signal]:
        """Let the database filter by the access, so that a page is full."""
        return [_signal(row) for row in self._db.all(*listing.statement(_COLUMNS, query))]

    def related(self, symbol: str, timeframe: Timeframe, limit: int) -> list[Signal]:
        """Return what passed screening, newest candle first."""
        asked = {"symbol": symbol, "timeframe": timeframe, "limit": limit}
        return [_signal(row) for row in self._db.all(_RELATED, asked)]

    def recent(self, since: datetime, until: datetime) -> list[Past]:
        """Return what passed screening, oldest candle first."""
        return protection.recent(self._db, since, until)

    def live(self, symbol: str, timeframe: Timeframe) -> list[Signal]:
        """Return what is live."""
        return [_signal(row) for row in self._db.all(_LIVE, (symbol, timeframe))]

    def save(
        self, signal: Signal, event: Event[Any], decision: Decision | None = None, deed: Deed = None
    ) -> None:
        """Update the version before, with event, decision and deed."""
        told = (event,) if deed is None else (event, deed)
        with self._db.transaction():
            if not self._write(_SAVE, signal, *told):
                raise SignalChanged
            if decision is not None:
                self.record(decision)
            self._outbox.wake(*told)

    def publish(self, signal: Signal, day: date, event: Event[Any]) -> Signal:
        """Rank and update; the row of the day makes those who publish at once wait for one another."""
        with self._db.transaction():
            row = self._db.one(_RANK, (day,))
            assert row is not None, "an upsert returns its row"
            ranked = replace(signal, day_rank=row[0])
            if not self._write(_SAVE, ranked, event):
                raise SignalChanged
        return ranked

    def pass_screening(self, judge: Callable[[], Decision]) -> Decision:
        """Judge under the lock of all screening: a daily limit is over every instrument."""
        with self._db.transaction():
            self._db.run(_SCREENING_LOCK)
            decision = judge()
            if decision.passed:
                self.record(decision)
        return decision

    def record(self, decision: Decision) -> None:
        """Insert the first of each step."""
        one = decision
        self._db.run(
            _RECORD,
            (
                one.signal_id,
                one.step,
                one.policy_version,
                one.passed,
                list(one.reasons),
                one.decided_by,
                one.decided_at,
                one.note,
            ),
        )

    def decisions(self, signal_id: SignalId) -> list[Decision]:
        """Return them, oldest first."""
        rows = self._db.all(_DECISIONS, (signal_id,))
        return [Decision(row[0], row[1], row[2], row[3], tuple(row[4]), *row[5:]) for row in rows]

    def wait(self, waiting: Waiting, moved: Signal | None = None, event: Event[Any] | None = None) -> None:
        """Update token, state and event together."""
        with self._db.transaction():
            if moved is not None and event is not None:
                self.save(moved, event)
            self._db.run(_WAIT, (waiting.signal_id, waiting.token, waiting.due_at))

    def waiting(self, signal_id: SignalId) -> Waiting | None:
        """Return the newest token."""
        row = self._db.one(
            "SELECT signal_id::text, token, due_at FROM waiting WHERE signal_id = %s", (signal_id,)
        )
        return Waiting(*row) if row else None

    def overdue(self, now: datetime, limit: int) -> list[Signal]:
        """Return what waits too long, longest first."""
        return [_signal(row) for row in self._db.all(_OVERDUE, (now, limit))]

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int]]:
        """Claim rows that nobody else claims at this moment."""
        rows = self._db.all(_TAKE_STUCK, {"before": before, "now": now, "limit": limit})
        return [(SignalId(row[0]), row[1]) for row in rows]

    def take_waiting(self, now: datetime, limit: int) -> list[Signal]:
        """Claim rows that nobody else claims at this moment."""
        return [_signal(row) for row in self._db.all(_TAKE_WAITING, {"now": now, "limit": limit})]

    def counts(self) -> Mapping[Status, int]:
        """Count by status."""
        return dict(self._db.all("SELECT status, count(*) FROM signals GROUP BY status"))

    def _write(self, statement: LiteralString, signal: Signal, *told: Event[Any]) -> bool:
        row = self._db.one(statement, _params(signal) | outbox.params(*told))
        return row is not None and row[0] == 1


_APART = {"terms", "revisions"}


def _params(signal: Signal) -> dict[str, Any]:
    columns = {name: getattr(signal, name) for name in Signal.__dataclass_fields__ if name not in _APART}
    terms = signal.terms
    return {
        **columns,
        "symbol": terms.symbol,
        "timeframe": terms.timeframe,
        "candle_at": terms.candle_at,
        "terms": Jsonb(msgspec.to_builtins(terms)),
    }


def _signal(row: tuple[Any, ...]) -> Signal:
    revisions = msgspec.convert(row[-1] or (), tuple[Revision, ...])
    signal = Signal(SignalId(row[0]), msgspec.convert(row[1], Terms), *row[2:-1])
    return replace(signal, revisions=revisions)
