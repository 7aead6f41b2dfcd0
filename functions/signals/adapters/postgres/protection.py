"""The recent past in PostgreSQL, as few columns as the protections need."""

from datetime import datetime
from typing import Any, Final, LiteralString

from kit.stores.postgres import Database
from signals.model.protection import Past, risk_multiple
from signals.model.signal import SignalId

PASSED_DRAFT: Final[LiteralString] = (
    "status = 'draft' AND EXISTS (SELECT FROM decisions"
    " WHERE decisions.signal_id = signals.id AND step = 'screen' AND passed)"
)
"""Past screening, and not yet complied with or approved."""
_PAST: Final[LiteralString] = """
SELECT id, symbol, terms->>'strategy' AS strategy, candle_at, closed_at, status = 'stopped' AS stopped,
       (terms->>'entry')::numeric AS entry, (terms->>'stop')::numeric AS stop, exit_price
FROM signals WHERE candle_at > %(since)s AND candle_at <= %(until)s
"""
_RECENT: Final[LiteralString] = f"""
SELECT id::text, symbol, strategy, candle_at, closed_at, stopped, entry, stop, exit_price FROM (
    {_PAST} AND status NOT IN ('draft', 'screened_out', 'withdrawn')
    UNION ALL {_PAST} AND {PASSED_DRAFT}
) AS past ORDER BY candle_at, id
"""


def recent(db: Database, since: datetime, until: datetime) -> list[Past]:
    """Return signals that passed screening with a candle after ``since`` up to ``until``, oldest first."""
    return [_past(row) for row in db.all(_RECENT, {"since": since, "until": until})]


def _past(row: tuple[Any, ...]) -> Past:
    signal_id, symbol, strategy, candle_at, closed_at, stopped, *prices = row
    r = risk_multiple(*prices)
    return Past(SignalId(signal_id), symbol, strategy, candle_at, closed_at, stopped, r)
