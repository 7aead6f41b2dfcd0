"""The bus: closed candles straight to ``market-data``, and announcements out of our own outbox."""

from collections.abc import Sequence

from kit import events
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.kafka.producer import Out, Producer
from kit.relay import Relay
from signals.model.signal import SignalId


class KafkaMarketData:
    """Market data is no fact of ours, so no outbox: the feed's position moves after the acknowledgement."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    def publish(self, closed: Sequence[Event[CandleClosed]]) -> None:
        """Send all, each under its symbol. Raises ``Retryable``."""
        self._producer.send([Out(CandleClosed.TOPIC, one.subject, events.encode(one)) for one in closed])


class RelayAnnouncer:
    """Publishes a signal's rows of the outbox itself, with a warm producer; the sweeper is the net."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def announce(self, signal_id: SignalId) -> None:
        """Publish them in order. Raises ``Retryable``."""
        self._relay.publish([signal_id])
