"""Entry of the signal consumer: offset in the inbox's transaction, frames to the workers after the commit."""

from kit.events import Data, decode
from kit.events.trading_signals import SignalCancelled, SignalClosed, SignalPublished
from kit.kafka import Consumer, Record
from realtime import bootstrap
from realtime.service.publishing import SignalEvent

_KINDS: dict[str, type[Data]] = {one.TYPE: one for one in (SignalPublished, SignalClosed, SignalCancelled)}


def _record(event: SignalEvent) -> None:
    bootstrap.publishing().record_signal(event)


class SignalConsumer(Consumer):
    """Sends after every handling, also of an event seen before: a crash may have come before the sending."""

    def handle(self, record: Record, *, redrive: bool = False) -> bool:
        """Handle one record, then hand its frames on. Raises ``Poison`` or ``Retryable``."""
        handled = super().handle(record, redrive=redrive)
        event = decode(record.value or b"", _KINDS) if handled else None
        if event is not None:
            bootstrap.publishing().send_signal(event.id)
        return handled


consumer = SignalConsumer(
    "realtime-signals",
    {SignalPublished: _record, SignalClosed: _record, SignalCancelled: _record},
    bootstrap.database,
)
handler = consumer.handler
