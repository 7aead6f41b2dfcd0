"""Instruments and their prices; the quality of the data behind them."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, Self

from pydantic import AwareDatetime, Field

from kit.http import Body, View
from signals.model.market import Adjustment, Dividend, Instrument, Split, Timeframe
from signals.service.grading import Grade


class CandleQueryIn(Body):
    """Which candles: the newest ``limit`` closed until ``until``; ``adjusted`` to the prices of today."""

    timeframe: Timeframe = "1d"
    limit: int = Field(default=200, ge=1, le=1000)
    until: AwareDatetime | None = None
    adjusted: bool = False


class SessionView(View):
    """Trading hours in the wall time of ``zone``; ``days`` are ISO weekdays, 1 Monday.

    Where ``opens`` is not before ``closes`` the day opened on the evening before.
    """

    name: str
    zone: str
    opens: time
    closes: time
    days: tuple[int, ...]


class InstrumentView(View):
    """Something that has a price: its smallest step and quantity, when it trades, how late it is shown."""

    symbol: str
    name: str
    kind: str
    currency: str
    tick: Decimal
    lot: int
    lag_s: int
    session: SessionView
    timeframes: tuple[Timeframe, ...]

    @classmethod
    def of(cls, found: Instrument) -> Self:
        """Return the view of an instrument."""
        session = SessionView(
            name=found.session.name,
            zone=found.session.zone.key,
            opens=found.session.opens,
            closes=found.session.closes,
            days=tuple(sorted(found.session.days)),
        )
        return cls(
            symbol=found.symbol,
            name=found.name,
            kind=found.kind,
            currency=found.currency,
            tick=found.tick,
            lot=found.lot,
            lag_s=int(found.lag.total_seconds()),
            session=session,
            timeframes=found.timeframes,
        )


class AdjustmentView(View):
    """Prices before ``effective`` divide by ``ratio``; a dividend tells its ``cash`` a share."""

    kind: Literal["split", "dividend"]
    effective: date
    ratio: Decimal
    cash: Decimal | None = None

    @classmethod
    def of(cls, found: Adjustment) -> Self:
        """Return the view of a split or a dividend; its ratio to ten digits."""
        kind: Literal["split", "dividend"] = "split" if isinstance(found, Split) else "dividend"
        cash = found.cash if isinstance(found, Dividend) else None
        ratio = found.ratio if kind == "split" else round(found.ratio, 10)
        return cls(kind=kind, effective=found.effective, ratio=ratio, cash=cash)


class InstrumentDetailView(InstrumentView):
    """An instrument with its holidays, and what moved its price without a trade, oldest first."""

    holidays: tuple[date, ...]
    adjustments: tuple[AdjustmentView, ...]


class InstrumentsView(View):
    """Every instrument, by symbol."""

    items: tuple[InstrumentView, ...]


class CandleView(View):
    """One closed candle."""

    closed_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


class CandlesView(View):
    """Candles, oldest first: as traded, or adjusted for splits and dividends to the prices of today."""

    symbol: str
    timeframe: Timeframe
    adjusted: bool
    items: tuple[CandleView, ...]


class QuoteView(View):
    """The newest price and its market time."""

    symbol: str
    price: Decimal
    at: datetime


class QualityQueryIn(Body):
    """Of which instrument; of one its gaps are listed too."""

    symbol: str | None = Field(default=None, min_length=1, max_length=40)


class GapView(View):
    """``missing`` candles between two that are there."""

    after: datetime
    before: datetime
    missing: int


class QualityView(View):
    """A series: candles received, stored, refused by reason; ``missing`` by its session calendar."""

    symbol: str
    timeframe: str
    received: int
    stored: int
    duplicates: int
    out_of_order: int
    off_session: int
    missing: int
    corrupt: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    gaps: tuple[GapView, ...]

    @classmethod
    def of(cls, grade: Grade) -> Self:
        """Return the view of a grade."""
        found = grade.found
        return cls(
            symbol=found.key.symbol,
            timeframe=found.key.timeframe,
            received=found.received,
            stored=found.stored,
            duplicates=found.duplicates,
            out_of_order=found.out_of_order,
            off_session=found.off_session,
            missing=grade.missing,
            corrupt=dict(found.corrupt),
            first_at=found.first_at,
            last_at=found.last_at,
            gaps=tuple(GapView.model_validate(one) for one in grade.gaps),
        )


class QualitiesView(View):
    """Every series, by symbol and timeframe."""

    items: tuple[QualityView, ...]
