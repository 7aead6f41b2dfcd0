"""The protections: when an instrument or a strategy rests, and how many signals a day may have. Pure.

They work on the record of what was published, so that a person can recompute every refusal.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from signals.model.market import LENGTH
from signals.model.protection import DrawdownLock, Past, Protection, StopGuard
from signals.model.signal import Signal

INDIA: Final = ZoneInfo("Asia/Kolkata")


def findings(signal: Signal, protection: Protection, past: Iterable[Past]) -> tuple[str, ...]:
    """Return which protections hold ``signal`` back, empty when none does.

    ``past`` are signals that passed screening, of any instrument and strategy, from
    ``protection.looks_back`` (and the longest life of a signal before that) on; those of later candles, and
    what ended later than the signal's candle, are not looked at.
    """
    terms = signal.terms
    known = [one for one in past if one.signal_id != signal.id and one.candle_at <= terms.candle_at]
    of_instrument = [one for one in known if one.symbol == terms.symbol]
    of_strategy = [one for one in known if one.strategy == terms.strategy]
    rules: dict[str, Callable[[], bool]] = {
        "STOP_GUARD_INSTRUMENT": lambda: _rests(signal, protection.instrument_stops, of_instrument),
        "STOP_GUARD_STRATEGY": lambda: _rests(signal, protection.strategy_stops, of_strategy),
        "DRAWDOWN_LOCK": lambda: _locked(signal, protection.strategy_drawdown, of_strategy),
        "DAILY_LIMIT_INSTRUMENT": lambda: _full(signal, protection.a_day_per_instrument, of_instrument),
        "DAILY_LIMIT": lambda: _full(signal, protection.a_day, known),
    }
    return tuple(code for code, holds in rules.items() if holds())


def _rests(signal: Signal, guard: StopGuard | None, past: Sequence[Past]) -> bool:
    """Whether as many stops as the guard allows came together, the last less than its rest ago."""
    if guard is None:
        return False
    now, candle = signal.terms.candle_at, LENGTH[signal.terms.timeframe]
    stops = sorted(one.closed_at for one in _closed(past, now) if one.stopped and one.closed_at)
    return any(
        last - first < guard.within * candle and now - last < guard.rest * candle
        for first, last in zip(stops, stops[guard.stops - 1 :], strict=False)
    )


def _locked(signal: Signal, lock: DrawdownLock | None, past: Sequence[Past]) -> bool:
    if lock is None:
        return False
    now = signal.terms.candle_at
    recent = [one for one in _closed(past, now) if one.closed_at and (now - one.closed_at).days < lock.days]
    return bool(recent) and sum((one.r or Decimal(0) for one in recent), Decimal(0)) <= lock.floor_r


def _full(signal: Signal, limit: int, past: Sequence[Past]) -> bool:
    day = _day(signal.terms.candle_at)
    return bool(limit) and sum(_day(one.candle_at) == day for one in past) >= limit


def _closed(past: Iterable[Past], now: datetime) -> list[Past]:
    return [one for one in past if one.closed_at is not None and one.closed_at <= now]


def _day(at: datetime) -> date:
    return at.astimezone(INDIA).date()
