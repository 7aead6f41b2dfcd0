"""Entry: a draft on ``trading-signals`` starts its publication; a schedule starts lost ones again."""

from collections.abc import Mapping
from typing import Any

from kit import warm
from kit.events import Event
from kit.events.trading_signals import SignalDrafted
from kit.kafka import Consumer
from kit.task import plain
from signals.bootstrap.starter import recovery
from signals.bootstrap.stores import database
from signals.model.signal import SignalId


def start(event: Event[SignalDrafted]) -> None:
    """Start it under the signal's name; that it exists already is success."""
    recovery().begin(SignalId(event.data.signal_id))


def resume(_event: Mapping[str, Any], _context: object) -> Any:
    """Drive what a crash left; answer ``{"started", "escalated", "expired"}``."""
    return plain(recovery().resume())


handler = Consumer("signals-publication", {SignalDrafted: start}, database).handler
warm.ahead(recovery)
