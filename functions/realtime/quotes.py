"""Entry of the quote consumer: of each symbol in a batch of ``market-data`` only the newest goes out."""

from collections.abc import Sequence

from kit import events
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.kafka import BulkConsumer
from realtime.bootstrap import delivery, truth
from realtime.model import ChannelKey


def _publish(batch: Sequence[Event[CandleClosed]]) -> None:
    newest = {event.data.symbol: event for event in sorted(batch, key=lambda event: event.data.closed_at)}
    for symbol, event in newest.items():
        channel = ChannelKey(f"quotes:{symbol}")
        delivery.publishing().publish_latest(channel, event.version, event.time, events.encode(event))


consumer = BulkConsumer("realtime-quotes", {CandleClosed: _publish}, truth.database)
handler = consumer.handler
