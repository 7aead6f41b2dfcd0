"""Figures where they are easy to see, and where there is nothing to measure."""

import math
from datetime import timedelta
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.research import utc
from signals.research.curve import daily, drawdown, monthly
from signals.research.metrics import curve_figures, measure, sharpe, sortino, trade_figures
from signals.research.sharpe import deflated, luckiest, probabilistic, probability
from signals.research.trades import Run

START = utc(2020, 1, 30)


def run_of(*equity: float) -> Run:
    times = [START + timedelta(days=at) for at in range(len(equity))]
    return Run(start=100.0, times=times, equity=[*equity], exposed=[0.0] * len(equity), trades=[])


def test_an_empty_run_has_no_figures_instead_of_wrong_ones() -> None:
    curve, trades = measure(run_of())
    assert (curve.sharpe, curve.sortino, curve.calmar, curve.cagr, curve.turnover, curve.probable) == (
        None,
    ) * 6
    assert (curve.net_return, curve.exposure, curve.months) == (0.0, 0.0, [])
    assert (trades.count, trades.win_rate, trades.profit_factor, trades.best_r) == (0, None, None, None)


def test_a_curve_that_never_moves_has_no_ratio() -> None:
    figures = curve_figures(run_of(100.0, 100.0, 100.0, 100.0))
    assert (figures.sharpe, figures.sortino, figures.calmar, figures.probable) == (None,) * 4
    assert (figures.volatility, figures.drawdown.depth) == (0.0, 0.0)


def test_ruin_has_no_growth_rate() -> None:
    assert curve_figures(run_of(50.0, 0.0)).cagr is None


def test_what_comes_after_ruin_is_no_return() -> None:
    figures = curve_figures(run_of(50.0, 0.0, -10.0, 20.0))
    assert figures.sharpe is not None
    assert math.isfinite(figures.sharpe)
    assert all(math.isfinite(value) for _, _, value in figures.months)


def test_a_drawdown_says_from_when_to_when() -> None:
    found = drawdown(daily(100.0, run_of(110, 90, 99, 115, 112).times, [110, 90, 99, 115, 112]))
    day = START.date()
    assert found.depth == pytest.approx(90 / 110 - 1)
    assert (found.peak, found.trough, found.recovered) == (
        day,
        day + timedelta(days=1),
        day + timedelta(days=3),
    )
    assert found.longest_days == 3


def test_a_loss_from_the_first_day_is_a_drawdown_from_the_start() -> None:
    found = drawdown(daily(100.0, run_of(90, 95).times, [90, 95]))
    assert found.depth == pytest.approx(-0.1)
    assert found.recovered is None


def test_months_end_with_their_last_day() -> None:
    found = monthly(daily(100.0, run_of(101, 102, 103).times, [101, 102, 103]))
    assert [(year, month) for year, month, _ in found] == [(2020, 1), (2020, 2)]
    assert [value for _, _, value in found] == pytest.approx([0.02, 103 / 102 - 1])


def test_the_last_mark_of_a_day_counts() -> None:
    found = daily(100.0, [START, START + timedelta(hours=1)], [90.0, 105.0])
    assert (len(found.days), found.equity[0]) == (1, 105.0)


def test_no_trades_no_division() -> None:
    assert trade_figures([]).expectancy_r is None


def test_sortino_needs_a_loss() -> None:
    assert sortino(np.array([0.01, 0.02])) is None
    assert sharpe(np.array([0.01])) is None


def test_the_deflated_ratio_is_the_papers_example() -> None:
    """Bailey and Lopez de Prado (2014), the numerical example: 100 trials leave 0.9004, 46 leave 0.9505."""
    daily_ratio, spread = 2.5 / math.sqrt(250), 0.5 / 250
    assert luckiest(100, spread) == pytest.approx(0.1132, abs=5e-5)
    for trials, left in ((100, 0.9004), (46, 0.9505)):
        found = probability(daily_ratio, luckiest(trials, spread), 1250, -3.0, 10.0)
        assert found == pytest.approx(left, abs=6e-4)


def test_for_normal_returns_the_probability_is_the_textbooks() -> None:
    ratio, count = 0.1, 400
    plain = NormalDist().cdf(ratio * math.sqrt(count - 1) / math.sqrt(1 + ratio**2 / 2))
    assert probability(ratio, 0.0, count, 0.0, 3.0) == pytest.approx(plain)


def test_more_trials_leave_less() -> None:
    returns = np.random.default_rng(7).normal(0.001, 0.01, 750)
    ratio = float(returns.mean() / returns.std(ddof=1))
    others = [ratio, *np.random.default_rng(8).normal(0, 0.04, 49)]
    alone, few, many = (deflated(returns, others[:count]) for count in (1, 5, 50))
    assert alone is not None
    assert few is not None
    assert many is not None
    assert alone == probabilistic(returns)
    assert alone > few > many


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=50))
def test_months_compound_to_the_whole(values: list[float]) -> None:
    run = run_of(*values)
    total = math.prod(1 + value for _, _, value in curve_figures(run).months)
    assert total == pytest.approx(values[-1] / 100, rel=1e-6)
    assert -1 <= curve_figures(run).drawdown.depth <= 0
