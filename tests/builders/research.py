"""Markets, rules and small strategies for backtests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Final

import talib

from builders.signals import DESK, walk
from signals import policies
from signals.adapters.files import FileReference, RecordedTape
from signals.model.market import Candle, Instrument
from signals.research.deciding import Market
from signals.research.engine import Rules
from signals.strategies import Family, Idea, Window

TAPES: Final = Path(__file__).parents[2] / "infra/local/tapes"
TODAY: Final = date(2026, 3, 2)
REFERENCE: Final = FileReference()


def rules(*, screened: bool = False) -> Rules:
    """Return the rules in force, with or without the screening."""
    known = policies.load()
    return Rules(DESK, known.compliance_on(TODAY), known.screening_on(TODAY) if screened else None)


def instrument(symbol: str = "AAPL") -> Instrument:
    """Return one of the shipped instruments."""
    found = REFERENCE.instrument(symbol)
    assert found is not None
    return found


def market_of(candles: Sequence[Candle], symbol: str = "AAPL") -> Market:
    """Return ``candles`` as a market without splits."""
    return Market(instrument(symbol), candles)


def random_market(count: int = 600, seed: int = 1) -> Market:
    """Return a random walk."""
    return market_of(walk(count, seed))


@cache
def recorded(tape: str, symbol: str, first: int = 0, count: int = 100_000) -> Market:
    """Return candles of the shipped tape, with the splits."""
    read = RecordedTape(TAPES / f"{tape}.csv.gz", REFERENCE).read(0, 100_000)
    mine = [one for one in read if one.symbol == symbol]
    return Market(
        instrument(symbol),
        mine[first : first + count],
        REFERENCE.splits(symbol),
        REFERENCE.adjustments(symbol),
    )


@dataclass(frozen=True)
class SmaCross:
    """The textbook rule, with a fixed stop and target: 5 % and 8 % from the close."""

    fast: int = 5
    slow: int = 20
    stop: float = 0.05
    target: float = 0.08

    name: str = "sma-cross-1"
    title: str = "Moving average cross"
    description: str = "For tests and as the peers' rule."
    family: Family = "trend"
    warm_up: int = 21
    horizon: int = 100_000

    def decide(self, window: Window) -> Idea | None:
        """Buy when the fast average crosses above the slow one."""
        if len(window) < self.warm_up:
            return None
        close = window.close[-self.slow - 1 :]
        fast, slow = talib.SMA(close, self.fast), talib.SMA(close, self.slow)
        if not (fast[-1] > slow[-1] and talib.SMA(close[:-1], self.fast)[-1] <= close[:-1].mean()):
            return None
        at = float(close[-1])
        levels = at * (1 - self.stop), (at * (1 + self.target),)
        return Idea("buy", at, *levels, 90, self.horizon, "The averages crossed.")


def utc(year: int, month: int, day: int) -> datetime:
    """Return midnight of a day."""
    return datetime(year, month, day, tzinfo=UTC)
