"""Instruments, candles and quotes."""

from kit.http import Rate, Request, Routes, signed_in
from signals import bootstrap
from signals.errors import InstrumentNotFound, QuoteNotFound, TimeframeNotOffered
from signals.schemas.market import (
    CandleQueryIn,
    CandlesView,
    CandleView,
    InstrumentsView,
    InstrumentView,
    QuoteView,
)

routes = Routes()


@routes.get(
    "/instruments",
    summary="Every instrument",
    reply=InstrumentsView,
    access=signed_in(),
)
def list_instruments(_request: Request) -> InstrumentsView:
    """List the instruments."""
    found = bootstrap.api.pricing().instruments()
    return InstrumentsView(items=tuple(InstrumentView.model_validate(one) for one in found))


@routes.get(
    "/instruments/{symbol}/candles",
    summary="Closed candles of an instrument, oldest first",
    query=CandleQueryIn,
    reply=CandlesView,
    access=signed_in(),
    errors=(InstrumentNotFound, TimeframeNotOffered),
)
def list_candles(request: Request) -> CandlesView:
    """List the newest closed candles."""
    asked: CandleQueryIn = request.query
    symbol = request.path["symbol"]
    found = bootstrap.api.pricing().closed_candles(symbol, asked.timeframe, asked.until, asked.limit)
    items = tuple(CandleView.model_validate(one) for one in found)
    return CandlesView(symbol=symbol, timeframe=asked.timeframe, items=items)


@routes.get(
    "/instruments/{symbol}/quote",
    summary="The newest price of an instrument",
    reply=QuoteView,
    access=signed_in(),
    errors=(InstrumentNotFound, QuoteNotFound),
    rate=Rate(60, 60),
)
def get_quote(request: Request) -> QuoteView:
    """Read the newest price."""
    return QuoteView.model_validate(bootstrap.api.pricing().quote(request.path["symbol"]))
