"""A study, the question a person asks of the record, and the finding that answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from signals.model.market import Timeframe
from signals.research.account import Account
from signals.research.metrics import CurveFigures, TradeFigures
from signals.research.search import Params
from signals.research.trades import Trade
from signals.research.walkforward import Choice, Plan


@dataclass(frozen=True, slots=True)
class Study:
    """What to test: ``strategy`` by name on ``symbols``, from ``first`` to ``last``, both included.

    ``space`` lists the values to try of each parameter; without ``plan`` they are judged by what they were
    chosen on, and the finding says so. ``screened`` applies the live screening to the strategy's drafts.
    """

    strategy: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    first: datetime
    last: datetime
    account: Account = field(default_factory=Account)
    screened: bool = True
    space: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One combination over the whole period: Sharpe ratio a year, trades, return."""

    params: Params
    sharpe: float | None
    trades: int
    net_return: float


@dataclass(frozen=True, slots=True)
class Held:
    """One instrument of the study, and what holding it for the same time would have returned."""

    symbol: str
    candles: int
    first: datetime
    last: datetime
    held_return: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything the report says.

    ``deflated`` is the probability left after all trials (``sharpe``), ``planned`` how many there should have
    been.
    """

    study: Study
    title: str
    description: str
    currency: str
    params: Params
    curve: CurveFigures
    trading: TradeFigures
    deflated: float | None
    days: list[date]
    equity: list[float]
    underwater: list[float]
    trades: list[Trade]
    trades_in_all: int
    still_open: int
    skipped: Mapping[str, int]
    costs: float
    held: list[Held]
    choices: list[Choice]
    tried: list[Tried]
    planned: int
    caveats: list[str]
