"""Alerts that a person's own tool sends in: the hook they come to, how they are read, what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NewType

from signals.model.market import Timeframe
from signals.model.signal import AnalystId, SignalId, Terms

HookId = NewType("HookId", str)
AlertId = NewType("AlertId", str)
AlertStatus = Literal["received", "duplicate", "refused", "accepted", "drafted"]


@dataclass(frozen=True, slots=True)
class Template:
    """Where an alert's JSON says what: names, dotted where nested. Percents are of the entry.

    The defaults fit the message that a new hook comes with. Without a stop or target in the alert the
    percents make one; ``life`` counts candles.
    """

    symbol: str = "ticker"
    side: str = "action"
    entry: str = "close"
    time: str = "time"
    timeframe: str = "interval"
    order_id: str = "order_id"
    stop: str = "stop"
    target: str = "target"
    rationale: str = "comment"
    confidence: str = "confidence"
    timeframe_otherwise: Timeframe = "1d"
    confidence_otherwise: int = 80
    stop_percent: Decimal = Decimal(5)
    target_percent: Decimal = Decimal(10)
    life: int = 20
    ai_generated: bool = False


@dataclass(frozen=True, slots=True)
class Hook:
    """An address of ``owner``, who alone sees what comes; ``analyst`` when it drafts signals in that name.

    ``secret_hash`` is SHA-256 of the secret: 256 random bits need no slower hash.
    """

    id: HookId
    owner: str
    name: str
    secret_hash: bytes
    template: Template
    created_at: datetime
    analyst: AnalystId | None = None
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it came, without its secret, and what became of it.

    ``accepted`` ones are the owner's own, ``drafted`` ones went to the gate as the signal ``signal_id``;
    ``reasons`` are codes.
    """

    id: AlertId
    hook_id: HookId
    owner: str
    content: Mapping[str, Any]
    received_at: datetime
    status: AlertStatus = "received"
    reasons: tuple[str, ...] = ()
    terms: Terms | None = None
    signal_id: SignalId | None = None
    settled_at: datetime | None = None
