"""Figures of a run. Ratios are of daily returns, without a risk-free rate, annualised with 252 days.

Sources: William F. Sharpe, *The Sharpe Ratio* (1994); Frank A. Sortino and Lee N. Price, *Performance
Measurement in a Downside Risk Framework* (1994); Terry W. Young, *Calmar Ratio: A Smoother Tool* (1991);
Van K. Tharp, *Trade Your Way to Financial Freedom* (1998) for R multiples and their expectancy. The formulas
are those of empyrical-reloaded for curves and of backtesting.py for trades; a test compares them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from signals.research.curve import Curve, Daily, Drawdown, daily, drawdown, monthly
from signals.research.sharpe import probabilistic
from signals.research.trades import Run, Trade

DAYS: Final = 252


@dataclass(frozen=True, slots=True)
class CurveFigures:
    """Of the equity curve: fractions (0.1 is 10 %), ratios without unit; None where there is no value.

    ``gross_return`` is what it would have been without fees and slippage on the same trades. ``probable`` is
    the probability that the true Sharpe ratio is above 0 (``sharpe.probabilistic``).
    """

    net_return: float
    gross_return: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    probable: float | None
    drawdown: Drawdown
    exposure: float
    turnover: float | None
    days: int
    months: list[tuple[int, int, float]]


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """Of the closed trades. ``turnover`` and money are elsewhere; R is the risk planned at the decision."""

    count: int
    win_rate: float | None
    profit_factor: float | None
    expectancy_r: float | None
    average_win_r: float | None
    average_loss_r: float | None
    average_mfe_r: float | None
    average_mae_r: float | None
    average_candles: float | None
    best_r: float | None
    worst_r: float | None


def measure(run: Run) -> tuple[CurveFigures, TradeFigures]:
    """Return both sets of figures."""
    return curve_figures(run), trade_figures(run.trades)


def curve_figures(run: Run) -> CurveFigures:
    """Return the figures of the curve; an empty run has none."""
    curve = daily(run.start, run.times, run.equity)
    returns, final = curve.returns, run.equity[-1] if run.equity else run.start
    fall = drawdown(curve)
    grown = cagr(curve)
    return CurveFigures(
        net_return=final / run.start - 1.0,
        gross_return=(final + run.costs) / run.start - 1.0,
        cagr=grown,
        volatility=volatility(returns),
        sharpe=sharpe(returns),
        sortino=sortino(returns),
        calmar=None if grown is None or fall.depth == 0 else grown / -fall.depth,
        probable=probabilistic(returns),
        drawdown=fall,
        exposure=float(np.mean(np.array(run.exposed) > 0)) if run.exposed else 0.0,
        turnover=_turnover(run, curve),
        days=len(returns),
        months=monthly(curve),
    )


def cagr(curve: Daily) -> float | None:
    """Return the compound growth a year of 252 days; None without days or after ruin."""
    if not len(curve.equity) or curve.equity[-1] <= 0:
        return None
    return float((curve.equity[-1] / curve.start) ** (DAYS / len(curve.equity)) - 1.0)


def volatility(returns: Curve) -> float | None:
    """Return the standard deviation (n - 1) of ``returns`` a year; None below two days."""
    return float(returns.std(ddof=1)) * math.sqrt(DAYS) if len(returns) > 1 else None


def sharpe(returns: Curve) -> float | None:
    """Return mean over standard deviation (n - 1), a year; None where nothing varies."""
    if len(returns) < 2 or not returns.std(ddof=1) > 0:  # noqa: PLR2004 - a deviation needs two
        return None
    return float(returns.mean() / returns.std(ddof=1)) * math.sqrt(DAYS)


def sortino(returns: Curve) -> float | None:
    """Return the mean over the root mean square of losses (gains count as 0), a year; None without a loss."""
    if not len(returns) or not (returns < 0).any():
        return None
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    return float(returns.mean()) / downside * math.sqrt(DAYS)


def trade_figures(trades: Sequence[Trade]) -> TradeFigures:
    """Return the figures of ``trades``; a trade that nets nothing is no win."""
    wins = [one for one in trades if one.net > 0]
    losses = [one for one in trades if one.net < 0]
    lost = -sum(one.net for one in losses)
    rs = [one.r for one in trades]
    return TradeFigures(
        count=len(trades),
        win_rate=len(wins) / len(trades) if trades else None,
        profit_factor=sum(one.net for one in wins) / lost if lost else None,
        expectancy_r=_mean(rs),
        average_win_r=_mean([one.r for one in wins]),
        average_loss_r=_mean([one.r for one in losses]),
        average_mfe_r=_mean([one.mfe_r for one in trades]),
        average_mae_r=_mean([one.mae_r for one in trades]),
        average_candles=_mean([one.candles for one in trades]),
        best_r=max(rs, default=None),
        worst_r=min(rs, default=None),
    )


def _turnover(run: Run, curve: Daily) -> float | None:
    """Return the traded value a year as a multiple of the average equity, entries and exits both counted."""
    if not len(curve.equity):
        return None
    return run.traded / float(curve.equity.mean()) * DAYS / len(curve.equity)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
