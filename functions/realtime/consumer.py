"""Entry of the signal consumer: offset in the inbox's transaction, frames to the workers after the commit."""

from collections.abc import Callable

from kit import warm
from kit.events import Data
from kit.events.trading_signals import (
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
)
from kit.kafka import Consumer
from kit.stores.postgres import Database
from realtime.bootstrap import delivery, truth
from realtime.service.publishing import Publishing, SignalEvent

_KINDS: dict[str, type[Data]] = {
    one.TYPE: one for one in (SignalPublished, SignalRevised, SignalRecalled, SignalClosed, SignalCancelled)
}


class SignalConsumer(Consumer):
    """Sends after every handling, also of an event seen before: a crash may have come before the sending."""

    def __init__(self, database: Callable[[], Database], publishing: Callable[[], Publishing]) -> None:
        self._publishing = publishing
        super().__init__("realtime-signals", dict.fromkeys(_KINDS.values(), self._record), database)

    def settled(self, event: SignalEvent) -> None:
        """Hand the event's frames on."""
        self._publishing().send_signal(event.id)

    def _record(self, event: SignalEvent) -> None:
        self._publishing().record_signal(event)


consumer = SignalConsumer(truth.database, delivery.publishing)
handler = consumer.handler
warm.ahead(delivery.publishing)
