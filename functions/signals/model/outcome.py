"""How a live signal ends: a pure walk over later candles, so that anyone gets the same answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from kit.money import on_tick
from signals.model.market import Candle
from signals.model.signal import Revision, Terms

Ending = Literal["target_hit", "stopped", "expired"]
Stale = Literal["STALE_EXPIRED", "STALE_STOP_PASSED", "STALE_TARGET_PASSED"]
_STALE: Final[dict[Ending, Stale]] = {
    "expired": "STALE_EXPIRED",
    "stopped": "STALE_STOP_PASSED",
    "target_hit": "STALE_TARGET_PASSED",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a signal at market time ``at``.

    ``mfe`` and ``mae`` are the most it ran for and against the entry until then: price units, never negative.
    """

    ending: Ending
    exit_price: Decimal
    at: datetime
    mfe: Decimal
    mae: Decimal


def outcome(terms: Terms, candles: Iterable[Candle], revisions: Sequence[Revision] = ()) -> Outcome | None:
    """Return how ``terms`` end over ``candles`` (oldest first, in the prices of the entry), None while live.

    Within one candle the order of prices is unknown, so the stop counts before the target; a candle that
    opens beyond the stop or the target fills at its open; the first candle at or after ``expires_at``
    that reaches neither ends the signal at its close. The first target ends it. A revision counts for
    candles that close after its ``since``.
    """
    mfe = mae = Decimal(0)
    for candle in candles:
        ended = _ended(in_force(terms, revisions, candle.closed_at), candle)
        best, worst = _excursions(terms, candle, ended)
        mfe, mae = max(mfe, best), max(mae, worst)
        if ended is not None:
            ending, price = ended
            tick = terms.tick
            return Outcome(
                ending, on_tick(price, tick), candle.closed_at, on_tick(mfe, tick), on_tick(mae, tick)
            )
    return None


def stale(terms: Terms, candles: Iterable[Candle], market_at: datetime) -> Stale | None:
    """Return why ``terms`` are no promise any more, None while they are one.

    ``candles`` are those since the deciding one, oldest first; ``market_at`` is the newest market time known.
    What would have ended already had it been live is not published: its end is known.
    """
    ended = outcome(terms, candles)
    if ended is not None:
        return _STALE[ended.ending]
    return "STALE_EXPIRED" if market_at >= terms.expires_at else None


def excursions(terms: Terms, candles: Iterable[Candle]) -> tuple[Decimal, Decimal]:
    """Return the most ``candles`` ran for and against the entry: price units on the grid, never negative."""
    mfe = mae = Decimal(0)
    for candle in candles:
        best, worst = _excursions(terms, candle, None)
        mfe, mae = max(mfe, best), max(mae, worst)
    return on_tick(mfe, terms.tick), on_tick(mae, terms.tick)


def in_force(terms: Terms, revisions: Sequence[Revision], at: datetime) -> Terms:
    """Return the terms that a candle closing ``at`` meets: those of the newest revision made before it."""
    for revision in reversed(revisions):
        if revision.since is not None and revision.since < at:
            return revision.on(terms)
    return terms


def _ended(terms: Terms, candle: Candle) -> tuple[Ending, Decimal] | None:
    way, target = terms.direction, terms.targets[0]
    against, along = (candle.low, candle.high) if way > 0 else (candle.high, candle.low)
    if (candle.open - terms.stop) * way <= 0:
        return "stopped", candle.open
    if (candle.open - target) * way >= 0:
        return "target_hit", candle.open
    if (against - terms.stop) * way <= 0:
        return "stopped", terms.stop
    if (along - target) * way >= 0:
        return "target_hit", target
    if candle.closed_at >= terms.expires_at:
        return "expired", candle.close
    return None


def _excursions(
    terms: Terms, candle: Candle, ended: tuple[Ending, Decimal] | None
) -> tuple[Decimal, Decimal]:
    """Return gain and loss reached in ``candle``; in the last one nothing beyond the exit was held."""
    way = terms.direction
    gain = ((candle.high if way > 0 else candle.low) - terms.entry) * way
    loss = (terms.entry - (candle.low if way > 0 else candle.high)) * way
    if ended is not None:
        at_exit = (ended[1] - terms.entry) * way
        if ended[0] == "target_hit":
            gain = at_exit
        elif ended[0] == "stopped":
            gain, loss = Decimal(0), -at_exit  # the stop counts first: no gain of this candle is claimed
    return gain, loss
