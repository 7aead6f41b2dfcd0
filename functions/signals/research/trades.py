"""What a simulation leaves behind: trades, the equity curve, and the count of what was not traded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from signals.model.outcome import Ending
from signals.model.signal import Side


@dataclass(frozen=True, slots=True)
class Trade:
    """One closed position. Prices are those of the deciding candle's day: a later split changes none of them.

    ``entry`` and ``exit`` include slippage. ``gross`` is the result at the market's own prices, ``costs`` the
    fees and the slippage, ``net`` the difference, all in currency. ``r`` is ``net`` over what the way from
    the entry to the stop would have cost; ``mfe_r`` and ``mae_r`` are how far it ran for and against, in the
    same unit.
    """

    signal: str
    symbol: str
    strategy: str
    side: Side
    confidence: int
    decided_at: datetime
    entered_at: datetime
    exited_at: datetime
    candles: int
    quantity: float
    entry: float
    exit: float
    stop: float
    ending: Ending
    gross: float
    costs: float
    net: float
    r: float
    mfe_r: float
    mae_r: float


@dataclass(frozen=True, slots=True)
class Run:
    """A simulation, from first candle to last.

    ``equity`` and ``exposed`` have a value a time of ``times``: cash and positions at that close, and the
    value of open positions. ``traded`` is the value of all fills. ``skipped`` counts, by reason, signals
    that were not traded.
    """

    start: float
    times: list[datetime]
    equity: list[float]
    exposed: list[float]
    trades: list[Trade]
    still_open: int = 0
    costs: float = 0.0
    traded: float = 0.0
    signals: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
