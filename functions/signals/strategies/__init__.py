"""Strategies: one file each. A strategy sees a :class:`Window` that ends at the candle it decides on.

There is no later candle in it, so it cannot look ahead; and it is always the last ``WIDTH`` candles,
however they were batched, so recursive indicators (an EMA remembers its first value) give the same answer
in a replay. To add one: write its file, put it into ``ALL``.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from signals.model.signal import Side
from signals.strategies.bollinger_reversion import BollingerReversion
from signals.strategies.donchian_breakout import DonchianBreakout
from signals.strategies.ema_trend import EmaTrend
from signals.strategies.macd_momentum import MacdMomentum
from signals.strategies.regime_switch import RegimeSwitch
from signals.strategies.squeeze_release import SqueezeRelease
from signals.strategies.window import WIDTH, Family, Idea, Series, Window


class Strategy(Protocol):
    """A pure function of the window; its name is part of a signal's identity: a changed rule, a new name."""

    @property
    def name(self) -> str:
        """Stable name with its version, such as ``ema-trend-1``."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def description(self) -> str:
        """Why the rule should work and what it does, in words, for people."""

    @property
    def family(self) -> Family:
        """The kind of market behaviour it bets on."""

    @property
    def warm_up(self) -> int:
        """Candles a window needs before the strategy decides anything; at most ``WIDTH``."""

    @property
    def horizon(self) -> int:
        """Candles after which an idea that reached neither stop nor target ends."""

    def decide(self, window: Window) -> Idea | None:
        """Return what the newest candle of ``window`` calls for, None for nothing."""


ALL: Final[Sequence[Strategy]] = (
    EmaTrend(),
    BollingerReversion(),
    DonchianBreakout(),
    MacdMomentum(),
    SqueezeRelease(),
    RegimeSwitch(),
)

__all__ = ["ALL", "WIDTH", "Family", "Idea", "Series", "Side", "Strategy", "Window"]
