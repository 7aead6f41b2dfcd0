"""What the market tells: instruments, closed candles, splits, and prices made comparable across them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

Timeframe = Literal["1m", "5m", "15m", "1h", "4h", "1d"]
LENGTH: Final[dict[Timeframe, timedelta]] = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """Something that has a price. ``tick`` is the smallest step of it, in ``currency`` (ISO 4217)."""

    symbol: str
    name: str
    kind: Literal["equity", "index", "currency"]
    currency: str
    tick: Decimal


@dataclass(frozen=True, slots=True)
class Candle:
    """One closed candle; ``closed_at`` is the instant it ended, UTC. Prices as traded, unadjusted."""

    symbol: str
    timeframe: Timeframe
    closed_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int

    def __post_init__(self) -> None:
        if not 0 < self.low <= min(self.open, self.close) <= max(self.open, self.close) <= self.high:
            raise ValueError(f"{self.symbol} {self.closed_at}: prices lie outside the candle's low and high")


@dataclass(frozen=True, slots=True)
class Quote:
    """The newest price of ``symbol`` and the market time it was made."""

    symbol: str
    price: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Split:
    """From ``effective`` on, one share became ``ratio`` shares, so prices before divide by it."""

    symbol: str
    effective: date
    ratio: Decimal


def divisor(splits: Iterable[Split], since: datetime, until: datetime) -> Decimal:
    """Return by what a price of ``since`` divides to compare with one of ``until``; 1 without a split."""
    product = Decimal(1)
    for split in splits:
        if since.date() < split.effective <= until.date():
            product *= split.ratio
    return product


def seen_from(candles: Sequence[Candle], splits: Sequence[Split], instant: datetime) -> list[Candle]:
    """Return ``candles`` in the prices of ``instant``, whether a split came before it or after."""
    return [_scaled(one, splits, instant) for one in candles]


def _scaled(candle: Candle, splits: Sequence[Split], instant: datetime) -> Candle:
    if candle.closed_at <= instant:
        by = divisor(splits, candle.closed_at, instant)
    else:
        by = 1 / divisor(splits, instant, candle.closed_at)
    if by == 1:
        return candle
    return replace(
        candle, open=candle.open / by, high=candle.high / by, low=candle.low / by, close=candle.close / by
    )
