"""Instruments and their prices."""

from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime, Field

from kit.http import Body, View
from signals.model.market import Timeframe


class CandleQueryIn(Body):
    """Which candles: the newest ``limit`` that closed until ``until``."""

    timeframe: Timeframe = "1d"
    limit: int = Field(default=200, ge=1, le=1000)
    until: AwareDatetime | None = None


class InstrumentView(View):
    """Something that has a price."""

    symbol: str
    name: str
    kind: str
    currency: str
    tick: Decimal


class InstrumentsView(View):
    """Every instrument, by symbol."""

    items: tuple[InstrumentView, ...]


class CandleView(View):
    """One closed candle, as traded."""

    closed_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


class CandlesView(View):
    """Candles, oldest first."""

    symbol: str
    timeframe: Timeframe
    items: tuple[CandleView, ...]


class QuoteView(View):
    """The newest price and its market time."""

    symbol: str
    price: Decimal
    at: datetime
