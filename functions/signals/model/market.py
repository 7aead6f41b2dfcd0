"""What the market tells: instruments, candles, and prices made comparable across splits and dividends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol

from signals.model.session import Session
from signals.model.timeframe import LENGTH, TIMEFRAMES, Timeframe

Kind = Literal["equity", "index", "currency"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """Something that has a price. ``tick`` is the smallest step of it, in ``currency`` (ISO 4217).

    ``lot`` is the smallest quantity that trades, ``lag`` how old a price must be before it may be shown,
    ``base`` the timeframe that the feed gives; the longer ones of ``timeframes`` are made from it.
    """

    symbol: str
    name: str
    kind: Kind
    currency: str
    tick: Decimal
    lot: int
    lag: timedelta
    session: Session
    base: Timeframe
    timeframes: tuple[Timeframe, ...]

    @property
    def derived(self) -> tuple[Timeframe, ...]:
        """The timeframes that are made from the candles of ``base``."""
        return tuple(one for one in self.timeframes if one != self.base)


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
        finite = self.open.is_finite() and self.high.is_finite()
        if not (finite and self.low.is_finite() and self.close.is_finite()):
            raise ValueError(f"{self.symbol} {self.closed_at}: a price is not a number")
        if not 0 < self.low <= min(self.open, self.close) <= max(self.open, self.close) <= self.high:
            raise ValueError(f"{self.symbol} {self.closed_at}: prices lie outside the candle's low and high")


@dataclass(frozen=True, slots=True)
class Quote:
    """The newest price of ``symbol`` and the market time it was made."""

    symbol: str
    price: Decimal
    at: datetime


class Adjustment(Protocol):
    """What changes a price without a trade: prices before ``effective`` divide by ``ratio``."""

    @property
    def effective(self) -> date:
        """The first day at the new price."""

    @property
    def ratio(self) -> Decimal:
        """By what prices before it divide."""


@dataclass(frozen=True, slots=True)
class Split:
    """From ``effective`` on, one share became ``ratio`` shares, so prices before divide by it."""

    symbol: str
    effective: date
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Dividend:
    """``cash`` a share for who held it before ``effective`` (the ex-date), when it closed at ``before``."""

    symbol: str
    effective: date
    cash: Decimal
    before: Decimal

    @property
    def ratio(self) -> Decimal:
        """Price before over price without the dividend: one over CRSP's total-return factor ``1 - D / P``."""
        return self.before / (self.before - self.cash)


def divisor(adjustments: Iterable[Adjustment], since: datetime, until: datetime) -> Decimal:
    """Return by what a price of ``since`` divides to compare with one of ``until``; 1 without any."""
    product = Decimal(1)
    for one in adjustments:
        if since.date() < one.effective <= until.date():
            product *= one.ratio
    return product


def seen_from(
    candles: Sequence[Candle], adjustments: Sequence[Adjustment], instant: datetime
) -> list[Candle]:
    """Return ``candles`` in the prices of ``instant``, whether an adjustment came before it or after."""
    return [_scaled(one, adjustments, instant) for one in candles]


def _scaled(candle: Candle, adjustments: Sequence[Adjustment], instant: datetime) -> Candle:
    if candle.closed_at <= instant:
        by = divisor(adjustments, candle.closed_at, instant)
    else:
        by = 1 / divisor(adjustments, instant, candle.closed_at)
    if by == 1:
        return candle
    return replace(
        candle, open=candle.open / by, high=candle.high / by, low=candle.low / by, close=candle.close / by
    )


__all__ = [
    "LENGTH",
    "TIMEFRAMES",
    "Adjustment",
    "Candle",
    "Dividend",
    "Instrument",
    "Kind",
    "Quote",
    "Split",
    "Timeframe",
    "divisor",
    "seen_from",
]
