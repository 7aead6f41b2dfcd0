"""Entry: closed candles from ``market-data``."""

from collections.abc import Sequence

from kit import telemetry
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.kafka import BulkConsumer
from signals.bootstrap.consumer import watching
from signals.bootstrap.stores import database
from signals.model.market import Candle


def take(closed: Sequence[Event[CandleClosed]]) -> None:
    """Hand a batch to the use case; delivered twice it changes nothing, so no inbox is needed."""
    watched = watching().take({candle(one.data): one for one in closed})
    if watched.drafted:
        telemetry.count("SignalsDrafted", watched.drafted)


def candle(data: CandleClosed) -> Candle:
    """Return the event's candle in our words."""
    return Candle(
        data.symbol,
        data.timeframe,
        data.closed_at,
        data.open,
        data.high,
        data.low,
        data.close,
        data.volume,
    )


handler = BulkConsumer("signals-market", {CandleClosed: take}, database).handler
