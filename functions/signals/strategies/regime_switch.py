"""Regime: one rule for trending markets, another for sideways ones, and none in between.

The choppiness index over 14 candles, 100 log10(sum of true ranges / range of the whole) / log10(14), tells
which:

trending (below 45)   the close returns over the 20-candle average on the side of the 100-candle average after
                      one to five closes on the other: a pullback that ended
sideways (above 61.8) the fast stochastic of 14 turns back over 20 (or under 80): fade the edge of the range

    score = 0.50 how clear the regime is, in 15 points beyond its threshold
          + 0.30 trending: how far the longer average moved in 10 candles, in average ranges
                 sideways: how far beyond its threshold the stochastic was, in 20 points
          + 0.20 how near to its own extreme the candle closed

Source: E. W. Dreiss's choppiness index; thresholds 38.2 and 61.8 are the customary ones, widened for trends.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import talib

from signals.strategies.proposal import by_range, propose, weighed
from signals.strategies.tuning import check, within
from signals.strategies.window import Family, Idea, Window

LENGTH, SHORT, LONG, SLOPE, PULLBACK = 14, 20, 100, 10, 5
TREND_STOP, TREND_TARGETS = 2.0, (3.0, 5.0)
RANGE_STOP, RANGE_TARGETS = 1.5, (1.5, 2.5)
EDGE = 20.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What one of the rules found: the side, its own evidence 0 to 1, and its sentence."""

    up: bool
    evidence: float
    told: str


@dataclass(frozen=True, slots=True)
class RegimeSwitch:
    """See the module: rules, formula and source."""

    trending: float = within(45.0, 0.0, 60.0)
    sideways: float = within(61.8, 40.0, 100.0)

    name: ClassVar[str] = "regime-switch-1"
    title: ClassVar[str] = "Regime switch"
    family: ClassVar[Family] = "regime"
    description: ClassVar[str] = (
        "What works in a trend fails in a range. Measure which it is by the choppiness index: in a trend buy "
        "the end of pullbacks, in a range fade its edges, in between do nothing."
    )
    warm_up: ClassVar[int] = LONG + SLOPE
    horizon: ClassVar[int] = 15

    def __post_init__(self) -> None:
        check(self)

    def decide(self, window: Window) -> Idea | None:
        """Return an idea where the rule of the present regime fires; None before ``warm_up`` candles."""
        if len(window) < self.warm_up:
            return None
        atr = float(talib.ATR(window.high, window.low, window.close, LENGTH)[-1])
        choppy = choppiness(window)
        if atr <= 0 or choppy is None:
            return None
        if choppy < self.trending:
            found, clear = _pullback(window, atr), (self.trending - choppy) / 15
        elif choppy > self.sideways:
            found, clear = _edge(window), (choppy - self.sideways) / 15
        else:
            return None
        return self._idea(window, found, atr, choppy, clear) if found else None

    def _idea(self, window: Window, found: _Found, atr: float, choppy: float, clear: float) -> Idea | None:
        trend, up = choppy < self.trending, found.up
        high, low, close = float(window.high[-1]), float(window.low[-1]), float(window.close[-1])
        strong = ((close - low) if up else (high - close)) / (high - low) if high > low else 0.0
        score = weighed((0.50, clear), (0.30, found.evidence), (0.20, strong))
        stop, targets = (TREND_STOP, TREND_TARGETS) if trend else (RANGE_STOP, RANGE_TARGETS)
        told = (
            f"The market is {'trending' if trend else 'moving sideways'}: choppiness {choppy:.1f} over "
            f"{LENGTH} candles. {found.told} The close is {close:.6g}; "
            f"the stop stands {stop:g} average ranges of {atr:.4g} away."
        )
        levels = by_range(window, atr, up=up, stop=stop, targets=targets)
        return propose(self.name, window, levels, up=up, score=score, life=self.horizon, rationale=told)


def choppiness(window: Window) -> float | None:
    """Return the choppiness index of the newest candles, 0 (a straight line) to 100; None without a range."""
    moved = float(talib.TRANGE(window.high, window.low, window.close)[-LENGTH:].sum())
    whole = float(window.high[-LENGTH:].max() - window.low[-LENGTH:].min())
    return 100 * math.log10(moved / whole) / math.log10(LENGTH) if whole > 0 else None


def _pullback(window: Window, atr: float) -> _Found | None:
    close = window.close
    short, long = talib.SMA(close, SHORT), talib.SMA(close, LONG)
    up = float(close[-1]) > float(long[-1])
    over = close > short if up else close < short  # on the average itself is on neither side
    if close[-1] == long[-1] or not over[-1] or over[-2] or not over[-2 - PULLBACK : -2].any():
        return None
    drift = float(long[-1] - long[-1 - SLOPE]) * (1 if up else -1) / atr
    told = (
        f"A pullback ended: the close is back {'above' if up else 'below'} the {SHORT}-candle average of "
        f"{short[-1]:.6g}, on the side of the {LONG}-candle average of {long[-1]:.6g}."
    )
    return _Found(up, drift, told)


def _edge(window: Window) -> _Found | None:
    fast, _ = talib.STOCHF(window.high, window.low, window.close, LENGTH, 3)
    before, now = float(fast[-2]), float(fast[-1])
    if before <= EDGE < now:
        up, beyond = True, EDGE - before
    elif before >= 100 - EDGE > now:
        up, beyond = False, before - (100 - EDGE)
    else:
        return None
    told = f"The stochastic turned back {'over' if up else 'under'} its edge, from {before:.1f} to {now:.1f}."
    return _Found(up, beyond / EDGE, told)
