"""How promises turned out, counted so that none can be left out: pure figures over traded promises.

R is a result in multiples of the risk taken, ``(exit - entry) / |entry - stop|`` along the signal's side
(Van K. Tharp, *Trade Your Way to Financial Freedom*, 2nd ed. 2006, ch. 7). Figures are before fees and
slippage.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import sqrt
from typing import Final, Literal

State = Literal["open", "target_hit", "stopped", "expired", "cancelled", "voided"]
Dimension = Literal["analyst", "strategy", "symbol", "timeframe"]
Period = Literal["30d", "90d", "1y", "all"]

LENGTHS: Final[dict[Period, timedelta | None]] = {
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "1y": timedelta(days=365),
    "all": None,
}
FULL_LOSS: Final = Decimal(-1)
"""R of a published promise that a person ended without a price: nobody can check that it was no loss."""
Z95: Final = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""
_PLACES: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Trade:
    """One promise and what became of it.

    ``counted_at`` is its publication (of a voided one, the voiding): the period it belongs to, so that a
    loss cannot leave a period by being closed late. ``r``, ``mfe_r`` and ``mae_r`` are None while open and
    for a voided one, which nobody traded.
    """

    signal_id: str
    analyst: str
    strategy: str
    symbol: str
    timeframe: str
    counted_at: datetime
    state: State = "open"
    resolved_at: datetime | None = None
    r: Decimal | None = None
    mfe_r: Decimal | None = None
    mae_r: Decimal | None = None
    recalled: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of promises came to; ratios are None where they would divide by nothing.

    ``win_rate`` = won / (closed + voided), with its 95 % Wilson interval. ``average_r`` is the mean R of the
    closed ones, ``expectancy_r`` the mean over every settled promise (a voided one is 0): what one promise
    was worth. ``profit_factor`` = sum of gains / sum of losses. ``mfe_r``, ``mae_r``: mean best and worst
    excursion where known (J. Sweeney, *Campaign Trading*, 1996). ``recalled`` ones were called back; their
    outcome counts like any other. ``longest_losing_run`` counts losses in a row and ``deepest_fall_r`` the
    largest fall of the running sum of R, both in the order of resolution.
    """

    published: int = 0
    open: int = 0
    closed: int = 0
    voided: int = 0
    recalled: int = 0
    won: int = 0
    lost: int = 0
    win_rate: float | None = None
    win_rate_low: float | None = None
    win_rate_high: float | None = None
    average_r: float | None = None
    expectancy_r: float | None = None
    profit_factor: float | None = None
    mfe_r: float | None = None
    mae_r: float | None = None
    longest_losing_run: int = 0
    deepest_fall_r: float = 0.0
    outcomes: Mapping[State, int] | None = None


def in_r(move: Decimal, entry: Decimal, stop: Decimal) -> Decimal | None:
    """Return ``move`` (price units) in multiples of the risk, to six places; None without a risk."""
    risk = abs(entry - stop)
    return (move / risk).quantize(_PLACES) if risk else None


def wilson(won: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion; ``of`` is above 0.

    E. B. Wilson, JASA 22 (1927) 209-212; recommended for small samples by Brown, Cai and DasGupta,
    Statistical Science 16 (2001) 101-133.
    """
    share, square = won / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    # at its ends the interval touches 0 and 1, whatever rounding says
    return (middle - half if won else 0.0), (middle + half if won < of else 1.0)


def figures(trades: Iterable[Trade]) -> Figures:
    """Return the figures of ``trades``, in any order; the same ones give the same figures."""
    known = list(trades)
    states = Counter(one.state for one in known)
    settled = sorted(
        (one for one in known if one.state not in {"open", "voided"}),
        key=lambda one: (one.resolved_at or one.counted_at, one.signal_id),
    )
    results = [one.r for one in settled if one.r is not None]
    won, lost = sum(r > 0 for r in results), sum(r < 0 for r in results)
    counted = len(settled) + states["voided"]
    low, high = wilson(won, counted) if counted else (None, None)
    run, fall = _worst(results)
    return Figures(
        published=len(known) - states["voided"],
        open=states["open"],
        closed=len(settled),
        voided=states["voided"],
        recalled=sum(one.recalled for one in known),
        won=won,
        lost=lost,
        win_rate=won / counted if counted else None,
        win_rate_low=low,
        win_rate_high=high,
        average_r=_mean(results, len(results)),
        expectancy_r=_mean(results, counted),
        profit_factor=_profit_factor(results),
        mfe_r=_mean_known([one.mfe_r for one in settled]),
        mae_r=_mean_known([one.mae_r for one in settled]),
        longest_losing_run=run,
        deepest_fall_r=fall,
        outcomes=dict(sorted(states.items())),
    )


def grouped(trades: Iterable[Trade], by: Dimension | None) -> dict[str, Figures]:
    """Return the figures of each value of ``by``, in order of the value; of all of them under ``""``."""
    groups: dict[str, list[Trade]] = {}
    for one in trades:
        groups.setdefault(getattr(one, by) if by else "", []).append(one)
    return {name: figures(groups[name]) for name in sorted(groups)}


def _worst(results: Sequence[Decimal]) -> tuple[int, float]:
    """Return the longest run of losses and the deepest fall of the running sum below its highest."""
    run = longest = 0
    total = peak = fall = Decimal(0)
    for r in results:
        run = run + 1 if r < 0 else 0
        longest = max(longest, run)
        total += r
        peak = max(peak, total)
        fall = max(fall, peak - total)
    return longest, float(fall)


def _profit_factor(results: Sequence[Decimal]) -> float | None:
    gains, losses = sum(r for r in results if r > 0), -sum(r for r in results if r < 0)
    return float(gains / losses) if losses else None


def _mean(values: Sequence[Decimal], of: int) -> float | None:
    return float(sum(values, Decimal(0)) / of) if of else None


def _mean_known(values: Sequence[Decimal | None]) -> float | None:
    known = [one for one in values if one is not None]
    return _mean(known, len(known))
