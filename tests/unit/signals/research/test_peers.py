"""The engine beside backtesting.py, and the formulas beside empyrical, on the recorded S&P 500."""

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
import talib

from builders.research import SmaCross, recorded, rules
from signals.research.account import Account, Costs, Sizing
from signals.research.curve import daily, drawdown
from signals.research.deciding import decide
from signals.research.engine import simulate
from signals.research.metrics import curve_figures, trade_figures
from signals.research.trades import Run

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the peers' own imports deprecate is not ours to mend
    import backtesting
    import empyrical
    import pandas as pd

RULE = SmaCross()
TAPE = recorded("spx-1d", "SPX", 0, 2500)
COLUMNS = ("Open", "High", "Low", "Close")


class PeerCross(backtesting.Strategy):  # type: ignore[misc]  # a package without types
    """The same rule in the peer's words."""

    def init(self) -> None:
        self.fast = self.I(talib.SMA, self.data.Close, RULE.fast)
        self.slow = self.I(talib.SMA, self.data.Close, RULE.slow)

    def next(self) -> None:
        if self.position or len(self.data) < RULE.warm_up:
            return
        if self.fast[-1] > self.slow[-1] and self.fast[-2] <= self.slow[-2]:
            at = float(self.data.Close[-1])
            levels = round(at * (1 - RULE.stop), 2), round(at * (1 + RULE.target), 2)
            self.buy(size=0.5, sl=levels[0], tp=levels[1])


@cache
def peer() -> Any:
    rows = {name: [float(getattr(one, name.lower())) for one in TAPE.candles] for name in COLUMNS}
    index = pd.DatetimeIndex([one.closed_at.replace(tzinfo=None) for one in TAPE.candles])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = backtesting.Backtest(pd.DataFrame(rows, index=index), PeerCross, cash=1e6, commission=0.001)
        return test.run()


@cache
def ours() -> Run:
    account = Account(costs=Costs(fee_bps=10), sizing=Sizing("equity", 0.5))
    return simulate([TAPE], decide(RULE, TAPE), RULE.name, account, rules())


def test_every_trade_is_the_peers() -> None:
    theirs = [
        (one.EntryTime, one.ExitTime, one.Size, round(one.EntryPrice, 6), round(one.ExitPrice, 6))
        for one in peer()._trades.itertuples()
    ]
    mine = [
        (
            pd.Timestamp(one.entered_at.replace(tzinfo=None)),
            pd.Timestamp(one.exited_at.replace(tzinfo=None)),
            one.quantity,
            round(one.entry, 6),
            round(one.exit, 6),
        )
        for one in ours().trades
    ]
    assert len(mine) > 30
    assert mine == theirs


def test_the_equity_curve_is_the_peers_to_the_cent() -> None:
    assert np.abs(np.array(ours().equity) - peer()._equity_curve["Equity"].to_numpy()).max() < 0.01


def test_figures_of_trades_are_the_peers() -> None:
    figures, theirs = trade_figures(ours().trades), peer()
    assert figures.count == theirs["# Trades"]
    assert figures.win_rate == pytest.approx(theirs["Win Rate [%]"] / 100)
    net = theirs._trades["PnL"]  # the peer's own factor is of percentages, ours of money
    assert figures.profit_factor == pytest.approx(net[net > 0].sum() / -net[net < 0].sum())
    assert curve_figures(ours()).net_return == pytest.approx(theirs["Return [%]"] / 100)


def test_the_deepest_and_the_longest_drawdown_are_the_peers() -> None:
    found = drawdown(daily(ours().start, ours().times, ours().equity))
    assert found.depth == pytest.approx(peer()["Max. Drawdown [%]"] / 100)
    assert found.longest_days == peer()["Max. Drawdown Duration"].days


def test_ratios_are_those_of_empyrical() -> None:
    run = ours()
    figures = curve_figures(run)
    returns = daily(run.start, run.times, run.equity).returns
    for mine, theirs in (
        (figures.net_return, empyrical.cum_returns_final(returns)),
        (figures.cagr, empyrical.cagr(returns)),
        (figures.volatility, empyrical.annual_volatility(returns)),
        (figures.sharpe, empyrical.sharpe_ratio(returns)),
        (figures.sortino, empyrical.sortino_ratio(returns)),
        (figures.calmar, empyrical.calmar_ratio(returns)),
        (figures.drawdown.depth, empyrical.max_drawdown(returns)),
    ):
        assert mine == pytest.approx(float(theirs), rel=1e-9)


def test_months_are_those_of_empyrical() -> None:
    run = ours()
    curve = daily(run.start, run.times, run.equity)
    series = pd.Series(curve.returns, index=pd.DatetimeIndex(curve.days))
    theirs = empyrical.aggregate_returns(series, "monthly")
    mine = {(year, month): value for year, month, value in curve_figures(run).months}
    assert mine == pytest.approx(dict(theirs.items()))
