"""Entry: closed candles from ``market-data``."""

from collections import Counter
from collections.abc import Sequence

from kit import telemetry, warm
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.kafka import BulkConsumer
from signals.bootstrap.consumer import watching
from signals.bootstrap.stores import database
from signals.model.market import Candle
from signals.service.watching import Watched


def take(closed: Sequence[Event[CandleClosed]]) -> None:
    """Hand a batch to the use case; delivered twice it changes nothing, so no inbox is needed."""
    fresh: dict[Candle, Event[CandleClosed]] = {}
    repeated = []
    for one in closed:
        found = candle(one.data)
        if fresh.setdefault(found, one) is not one:
            repeated.append(found)
    watched = watching().take(fresh, repeated)
    report(watched)


def report(watched: Watched) -> None:
    """Count what was unusual: nothing is written for a batch of sound candles in order."""
    refused = Counter(one.reason for one in watched.defects)
    for reason, number in refused.items():
        telemetry.count("CandlesQuarantined", number, reason=reason)
    for name, number in (
        ("CandlesDuplicate", watched.duplicates),
        ("CandlesOutOfOrder", watched.out_of_order),
        ("SignalsDrafted", watched.drafted),
    ):
        if number:
            telemetry.count(name, number)


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
warm.ahead(watching)
