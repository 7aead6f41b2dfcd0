"""What protects from a run of losses: a published signal as the protections see it, and their limits.

All times are market time, so that a replay rests when the market it replays would have.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from signals.model.signal import Signal, SignalId


@dataclass(frozen=True, slots=True)
class Past:
    """A signal that passed screening: ``r`` is its result in units of its risk, None while it is open."""

    signal_id: SignalId
    symbol: str
    strategy: str
    candle_at: datetime
    closed_at: datetime | None = None
    stopped: bool = False
    r: Decimal | None = None

    @classmethod
    def of(cls, signal: Signal) -> "Past":
        """Return what the protections see of ``signal``."""
        terms = signal.terms
        return cls(
            signal_id=signal.id,
            symbol=terms.symbol,
            strategy=terms.strategy,
            candle_at=terms.candle_at,
            closed_at=signal.closed_at,
            stopped=signal.status == "stopped",
            r=risk_multiple(terms.entry, terms.stop, signal.exit_price),
        )


def risk_multiple(entry: Decimal, stop: Decimal, exit_price: Decimal | None) -> Decimal | None:
    """Return the result in units of the risk: -1 at the stop; None without an exit or without a risk.

    The stop lies below a buy and above a sell, so the sign follows from it.
    """
    if exit_price is None or entry == stop:
        return None
    return (exit_price - entry) / (entry - stop)


@dataclass(frozen=True, slots=True)
class StopGuard:
    """After ``stops`` stops in ``within`` candles, rest for ``rest`` candles.

    Candles are those of the timeframe of the signal that is looked at.
    """

    stops: int
    within: int
    rest: int


@dataclass(frozen=True, slots=True)
class DrawdownLock:
    """Locked while the results of the last ``days`` days add up to ``floor_r`` or less.

    It opens when a signal that is still open wins enough, or when the losses are old.
    """

    floor_r: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Protection:
    """Every limit; one that is None or 0 does not limit. Days are those of India."""

    instrument_stops: StopGuard | None = None
    strategy_stops: StopGuard | None = None
    strategy_drawdown: DrawdownLock | None = None
    a_day_per_instrument: int = 0
    a_day: int = 0

    def looks_back(self, candle: timedelta) -> timedelta:
        """Return how far back closed signals matter for a signal whose candles are ``candle`` long."""
        guards = [one.within + one.rest for one in (self.instrument_stops, self.strategy_stops) if one]
        days = self.strategy_drawdown.days if self.strategy_drawdown else 1
        return max([timedelta(days=days), *(one * candle for one in guards)])
