"""Backtests: our engine, which runs the live strategy code candle by candle, beside backtesting.py.

The same rule on the same tape: an average of 5 closes crosses above one of 20, half of equity, a stop 5 %
below and a target 8 % above, 10 bps a fill. Both sides begin with their candles in memory and end with all
trades; before anything is timed the trades are compared, one by one. The peer computes each average once over
the whole record, ours on each window, as it has to live.
"""

import time
import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import talib

from benchmarks.measure import Result, alternate, result
from signals import policies
from signals.adapters.files import FileReference, RecordedTape
from signals.model.signal import AnalystId
from signals.research.account import Account, Costs, Sizing
from signals.research.deciding import Market, decide
from signals.research.engine import Rules, simulate
from signals.research.metrics import measure as measured
from signals.research.trades import Run
from signals.service.drafting import Desk
from signals.strategies import Family, Idea, Window
from signals.strategies.window import Prices

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the peer's own imports deprecate
    import backtesting
    import pandas as pd

_TAPES = Path(__file__).parents[1] / "infra/local/tapes"
_FAST, _SLOW, _STOP, _TARGET = 5, 20, 0.05, 0.08
_COLUMNS = ("Open", "High", "Low", "Close")


class Cross:
    """The rule as one of our strategies."""

    name = "sma-cross-1"
    title = "Moving average cross"
    description = "The textbook rule."
    family: Family = "trend"
    warm_up = _SLOW + 1
    horizon = 100_000

    def decide(self, window: Window) -> Idea | None:
        """Buy where the fast average crosses above the slow one."""
        if len(window) < self.warm_up:
            return None
        close = window.close
        if _mean(close[-_FAST:]) <= _mean(close[-_SLOW:]):
            return None
        if _mean(close[-_FAST - 1 : -1]) > _mean(close[-_SLOW - 1 : -1]):
            return None
        at = float(close[-1])
        return Idea("buy", at, at * (1 - _STOP), (at * (1 + _TARGET),), 90, self.horizon, "They crossed.")


def _mean(values: Prices) -> float:
    return float(np.add.reduce(values)) / len(values)


class PeerCross(backtesting.Strategy):  # type: ignore[misc]  # a package without types
    """The rule in the peer's words."""

    def init(self) -> None:
        """Compute both averages."""
        self.fast = self.I(talib.SMA, self.data.Close, _FAST)
        self.slow = self.I(talib.SMA, self.data.Close, _SLOW)

    def next(self) -> None:
        """Buy where they cross and nothing is held."""
        if self.position or len(self.data) <= _SLOW:
            return
        if self.fast[-1] > self.slow[-1] and self.fast[-2] <= self.slow[-2]:
            at = float(self.data.Close[-1])
            self.buy(size=0.5, sl=round(at * (1 - _STOP), 2), tp=round(at * (1 + _TARGET), 2))


def _market(tape: str, symbol: str) -> Market:
    reference = FileReference()
    candles = RecordedTape(_TAPES / f"{tape}.csv.gz", reference).read(0, 100_000)
    instrument = reference.instrument(symbol)
    assert instrument is not None
    return Market(instrument, [one for one in candles if one.symbol == symbol], reference.splits(symbol))


def _rules() -> Rules:
    desk = Desk(AnalystId("bench"), "A benchmark.", ai_generated=False)
    return Rules(desk, policies.load().compliance_on(date(2026, 1, 1)))


def _table(market: Market) -> Any:
    rows = {name: [float(getattr(one, name.lower())) for one in market.candles] for name in _COLUMNS}
    index = pd.DatetimeIndex([one.closed_at.replace(tzinfo=None) for one in market.candles])
    return pd.DataFrame(rows, index=index)


def _same(run: Run, theirs: Any) -> bool:
    mine: Sequence[tuple[float, ...]] = [
        (one.quantity, round(one.entry, 4), round(one.exit, 4)) for one in run.trades
    ]
    rows = theirs["_trades"].itertuples()
    return mine == [(one.Size, round(one.EntryPrice, 4), round(one.ExitPrice, 4)) for one in rows]


def measure() -> list[Result]:
    """Return candles a second of both on twenty years of the S&P 500."""
    market, rules, rule = _market("spx-1d", "SPX"), _rules(), Cross()
    account = Account(costs=Costs(fee_bps=10), sizing=Sizing("equity", 0.5))
    table, count = _table(market), len(market.candles)

    def ours() -> Run:
        run = simulate([market], decide(rule, market), rule.name, account, rules)
        measured(run)  # the peer computes its figures too
        return run

    def peer() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its advice about positions left open at the end
            return backtesting.Backtest(table, PeerCross, cash=1_000_000, commission=0.001).run()

    if not _same(ours(), peer()):
        raise AssertionError("the two engines disagree about the trades: there is nothing to time")

    mine, theirs = alternate(_rate(ours, count), _rate(peer, count))
    return [
        result("backtest of a moving-average cross", mine, "candles/s", theirs, "backtesting.py", ">= 0.7")
    ]


def _rate(run: Any, candles: int) -> Any:
    def side() -> float:
        began = time.process_time()
        run()
        return candles / (time.process_time() - began)

    return side
