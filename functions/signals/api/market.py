"""Instruments, candles and quotes."""

from kit.http import Rate, Request, Route, signed_in
from signals.bootstrap.api import pricing
from signals.errors import InstrumentNotFound, QuoteNotFound, TimeframeNotOffered
from signals.schemas import (
    CandleQueryIn,
    CandlesView,
    CandleView,
    InstrumentsView,
    InstrumentView,
    QuoteView,
)


def _instruments(_request: Request) -> InstrumentsView:
    found = pricing().instruments()
    return InstrumentsView(items=tuple(InstrumentView.model_validate(one) for one in found))


def _candles(request: Request) -> CandlesView:
    asked: CandleQueryIn = request.query
    symbol = request.path["symbol"]
    found = pricing().closed_candles(symbol, asked.timeframe, asked.until, asked.limit)
    items = tuple(CandleView.model_validate(one) for one in found)
    return CandlesView(symbol=symbol, timeframe=asked.timeframe, items=items)


def _quote(request: Request) -> QuoteView:
    return QuoteView.model_validate(pricing().quote(request.path["symbol"]))


routes = (
    Route(
        "GET",
        "/instruments",
        _instruments,
        id="list_instruments",
        summary="Every instrument",
        reply=InstrumentsView,
        access=signed_in(),
    ),
    Route(
        "GET",
        "/instruments/{symbol}/candles",
        _candles,
        id="list_candles",
        summary="Closed candles of an instrument, oldest first",
        query=CandleQueryIn,
        reply=CandlesView,
        access=signed_in(),
        errors=(InstrumentNotFound, TimeframeNotOffered),
    ),
    Route(
        "GET",
        "/instruments/{symbol}/quote",
        _quote,
        id="get_quote",
        summary="The newest price of an instrument",
        reply=QuoteView,
        access=signed_in(),
        errors=(InstrumentNotFound, QuoteNotFound),
        rate=Rate(60, 60),
    ),
)
