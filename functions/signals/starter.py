"""Entry: a draft on ``trading-signals`` starts its publication."""

from kit import warm
from kit.events import Event
from kit.events.trading_signals import SignalDrafted
from kit.kafka import Consumer
from signals.bootstrap import starter
from signals.bootstrap.stores import database
from signals.model.signal import SignalId
from signals.service.starting import begin_publication


def start(event: Event[SignalDrafted]) -> None:
    """Start it under the signal's name; that it exists already is success."""
    begin_publication(SignalId(event.data.signal_id), starter.machine())


handler = Consumer("signals-publication", {SignalDrafted: start}, database).handler
warm.ahead(starter.wiring)
