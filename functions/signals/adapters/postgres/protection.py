"""The recent past in PostgreSQL, as few columns as the protections need."""

from datetime import datetime
from typing import Any, Final, LiteralString

from kit.stores.postgres import Database
from signals.model.protection import Past, risk_multiple
from signals.model.signal import SignalId

_RECENT: Final[LiteralString] = """
SELECT id::text, symbol, terms->>'strategy', candle_at, closed_at, status = 'stopped',
       (terms->>'entry')::numeric, (terms->>'stop')::numeric, exit_price
FROM signals
WHERE candle_at > %s AND candle_at <= %s AND status NOT IN ('draft', 'screened_out', 'withdrawn')
ORDER BY candle_at, id
"""


def recent(db: Database, since: datetime, until: datetime) -> list[Past]:
    """Return signals that passed screening with a candle after ``since`` up to ``until``, oldest first."""
    return [_past(row) for row in db.all(_RECENT, (since, until))]


def _past(row: tuple[Any, ...]) -> Past:
    signal_id, symbol, strategy, candle_at, closed_at, stopped, *prices = row
    r = risk_multiple(*prices)
    return Past(SignalId(signal_id), symbol, strategy, candle_at, closed_at, stopped, r)
