"""Instruments, candles, quotes, and the quality of the data behind them."""

from kit.http import Rate, Request, Routes, signed_in
from signals import bootstrap
from signals.api.access import STAFF
from signals.errors import InstrumentNotFound, QuoteNotFound, TimeframeNotOffered
from signals.schemas.market import (
    AdjustmentView,
    CandleQueryIn,
    CandlesView,
    CandleView,
    InstrumentDetailView,
    InstrumentsView,
    InstrumentView,
    QualitiesView,
    QualityQueryIn,
    QualityView,
    QuoteView,
)

routes = Routes()


@routes.get(
    "/instruments",
    summary="Every instrument",
    reply=InstrumentsView,
    access=signed_in().with_scope("market:read"),
)
def list_instruments(_request: Request) -> InstrumentsView:
    """List the instruments."""
    found = bootstrap.api.pricing().instruments()
    return InstrumentsView(items=tuple(InstrumentView.of(one) for one in found))


@routes.get(
    "/instruments/{symbol}",
    summary="An instrument, its session, and the splits and dividends that moved its price",
    reply=InstrumentDetailView,
    access=signed_in().with_scope("market:read"),
    errors=(InstrumentNotFound,),
)
def get_instrument(request: Request) -> InstrumentDetailView:
    """Read one instrument."""
    found = bootstrap.api.pricing().instrument(request.path["symbol"])
    moved = bootstrap.stores.reference().adjustments(found.symbol)
    adjustments = tuple(AdjustmentView.of(one) for one in sorted(moved, key=lambda one: one.effective))
    return InstrumentDetailView(
        **InstrumentView.of(found).model_dump(),
        holidays=tuple(sorted(found.session.holidays)),
        adjustments=adjustments,
    )


@routes.get(
    "/instruments/{symbol}/candles",
    summary="Closed candles of an instrument, oldest first, as traded or adjusted",
    query=CandleQueryIn,
    reply=CandlesView,
    access=signed_in().with_scope("market:read"),
    errors=(InstrumentNotFound, TimeframeNotOffered),
)
def list_candles(request: Request) -> CandlesView:
    """List the newest closed candles."""
    asked: CandleQueryIn = request.query
    symbol = request.path["symbol"]
    found = bootstrap.api.pricing().closed_candles(
        symbol, asked.timeframe, asked.until, asked.limit, adjusted=asked.adjusted
    )
    items = tuple(CandleView.model_validate(one) for one in found)
    return CandlesView(symbol=symbol, timeframe=asked.timeframe, adjusted=asked.adjusted, items=items)


@routes.get(
    "/instruments/{symbol}/quote",
    summary="The newest price of an instrument",
    reply=QuoteView,
    access=signed_in().with_scope("market:read"),
    errors=(InstrumentNotFound, QuoteNotFound),
    rate=Rate(60, 60),
)
def get_quote(request: Request) -> QuoteView:
    """Read the newest price."""
    return QuoteView.model_validate(bootstrap.api.pricing().quote(request.path["symbol"]))


@routes.get(
    "/market-data/quality",
    summary="What arrived of each series, what was refused and why, and what is missing",
    query=QualityQueryIn,
    reply=QualitiesView,
    access=STAFF,
    errors=(InstrumentNotFound,),
)
def list_market_data_quality(request: Request) -> QualitiesView:
    """Grade every series, or one instrument's with their gaps."""
    asked: QualityQueryIn = request.query
    found = bootstrap.api.grading().grades(asked.symbol)
    return QualitiesView(items=tuple(QualityView.of(one) for one in found))
