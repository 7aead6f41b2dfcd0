"""One row of a tape, as text from outside: a candle, or the reason why it is none."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from kit.money import on_tick
from signals.model.market import Candle, Instrument
from signals.model.quality import FIELDS, Defect, Reason
from signals.model.timeframe import Timeframe

_COLUMNS = ("symbol", "ts", *FIELDS, "volume")
_LONGEST = 200


def read_row(
    row: Mapping[str, str], timeframe: Timeframe, find: Callable[[str], Instrument | None]
) -> Candle | Defect:
    """Return the candle in ``row``, prices on the instrument's tick grid, or what is wrong with the row."""
    text = {name: str(row.get(name) or "") for name in _COLUMNS}
    instrument = find(text["symbol"])
    if instrument is None:
        return _defect(text, timeframe, "unknown_symbol", "no instrument has this symbol")
    try:
        prices = [Decimal(text[name]) for name in FIELDS]
        closed_at, volume = datetime.fromisoformat(text["ts"]), int(text["volume"])
    except (ValueError, InvalidOperation) as error:
        return _defect(text, timeframe, "unreadable", str(error) or "a price is no number")
    if closed_at.tzinfo is None:
        return _defect(text, timeframe, "unreadable", "the time has no zone")
    wrong = _wrong(prices)
    if wrong:
        return _defect(text, timeframe, *wrong)
    opened, high, low, close = (on_tick(one, instrument.tick) for one in prices)
    at = closed_at.astimezone(UTC)
    return Candle(instrument.symbol, timeframe, at, opened, high, low, close, volume)


def _wrong(prices: list[Decimal]) -> tuple[Reason, str] | None:
    if not all(one.is_finite() for one in prices):
        return "not_finite", "a price is not a number or without end"
    if min(prices) <= 0:
        return "not_positive", "a price is above zero"
    opened, high, low, close = prices
    if not low <= min(opened, close) <= max(opened, close) <= high:
        return "range_broken", "open and close lie between low and high"
    return None


def _defect(text: Mapping[str, str], timeframe: Timeframe, reason: Reason, detail: str) -> Defect:
    row = ",".join(text.values())
    return Defect(text["symbol"][:40], timeframe, text["ts"][:40], reason, detail[:200], row[:_LONGEST])
