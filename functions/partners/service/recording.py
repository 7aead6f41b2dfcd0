"""From a signal's event to deliveries that are due, in the transaction that claims the event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from kit.events import Event
from kit.events.trading_signals import (
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
)
from partners.model.webhook import Message, MessageId
from partners.ports import Outgoing

SignalEvent = (
    Event[SignalPublished]
    | Event[SignalRevised]
    | Event[SignalRecalled]
    | Event[SignalClosed]
    | Event[SignalCancelled]
)
LATE: Final = timedelta(minutes=15)
LATE_A_DAY: Final = 5
"""What the free plan sees of signals (``signals/model/access.py``): late, and the first of India's day."""
_INDIA: Final = ZoneInfo("Asia/Kolkata")
_OURS: Final = frozenset({"cancelled_by", "recalled_by"})
"""Which of us did it is nobody else's business."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Plans what endpoints are to be told."""

    outgoing: Outgoing

    def record(self, event: SignalEvent) -> int:
        """Plan the event for every endpoint that wants it; return for how many are new."""
        message = message_of(event)
        late, signal = event.time + LATE, event.data.signal_id
        if isinstance(event.data, SignalPublished):
            day = event.time.astimezone(_INDIA).date()
            return self.outgoing.publish(message, signal, day, late, LATE_A_DAY)
        return self.outgoing.follow(message, signal, late, LATE_A_DAY)


def message_of(event: SignalEvent) -> Message:
    """Return what is sent: ``{"type", "timestamp", "data"}``, the data as the event has them."""
    told = {name: value for name, value in msgspec.to_builtins(event.data).items() if name not in _OURS}
    body = encode(event.type, event.time.isoformat(), told)
    return Message(MessageId("msg_" + event.id.replace("-", "")), event.type, body, event.time)


def encode(kind: str, timestamp: str, data: Mapping[str, Any]) -> str:
    """Return the body of a message, as the specification proposes its structure."""
    return msgspec.json.encode({"type": kind, "timestamp": timestamp, "data": data}).decode()
