"""Entry: a draft on ``trading-signals`` starts its publication workflow."""

from kit.events import Event
from kit.events.trading_signals import SignalDrafted
from kit.kafka import Consumer
from signals.bootstrap.stores import database
from signals.bootstrap.workflow import recovery
from signals.model.signal import SignalId


def start(event: Event[SignalDrafted]) -> None:
    """Start it under the signal's name; that it exists already is success."""
    recovery().begin(SignalId(event.data.signal_id))


handler = Consumer("signals-publication", {SignalDrafted: start}, database).handler
