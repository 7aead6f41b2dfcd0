"""Webhooks from TradingView: what their owner sets and sees, and what the caller is told."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kit.http import Body, View
from signals.model.alert import AlertStatus
from signals.model.market import Timeframe
from signals.schemas.signals import TermsView

Path = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")]
Percent = Annotated[Decimal, Field(gt=0, le=50, max_digits=6, decimal_places=3)]


class TemplateIn(Body):
    """Where the alert's JSON says what: names, dotted where nested; ``…_otherwise`` and percents fill in."""

    symbol: Path = "ticker"
    side: Path = "action"
    entry: Path = "close"
    time: Path = "time"
    timeframe: Path = "interval"
    order_id: Path = "order_id"
    stop: Path = "stop"
    target: Path = "target"
    rationale: Path = "comment"
    confidence: Path = "confidence"
    timeframe_otherwise: Timeframe = "1d"
    confidence_otherwise: int = Field(default=80, ge=1, le=100)
    stop_percent: Percent = Decimal(5)
    target_percent: Percent = Decimal(10)
    life: int = Field(default=20, ge=1, le=200, description="How many candles until it expires")
    ai_generated: bool = False


class HookIn(Body):
    """A new webhook."""

    name: str = Field(min_length=1, max_length=80)
    as_analyst: bool = Field(
        default=False, description="Draft signals under your own registration instead of keeping them private"
    )
    template: TemplateIn = Field(default_factory=TemplateIn)


class TemplateView(View):
    """How alerts are read."""

    symbol: str
    side: str
    entry: str
    time: str
    timeframe: str
    order_id: str
    stop: str
    target: str
    rationale: str
    confidence: str
    timeframe_otherwise: Timeframe
    confidence_otherwise: int
    stop_percent: Decimal
    target_percent: Decimal
    life: int
    ai_generated: bool


class HookView(View):
    """A webhook without its secret. ``address`` is the path to give to TradingView, below this API's host."""

    id: UUID
    name: str
    address: str
    analyst: str | None
    template: TemplateView
    created_at: datetime
    rotated_at: datetime | None


class HooksView(View):
    """All webhooks of the caller."""

    items: tuple[HookView, ...]


class HookSecretView(HookView):
    """A webhook with its secret, shown this once, and the message to paste into the alert."""

    secret: str
    message: str


class ReceiptView(View):
    """The alert is stored; what becomes of it stands in the list of alerts."""

    alert_id: UUID


class AlertView(View):
    """One alert, what it said (without its secret), and what became of it; ``reasons`` are codes."""

    id: UUID
    status: AlertStatus
    reasons: tuple[str, ...]
    content: dict[str, Any]
    terms: TermsView | None
    signal_id: UUID | None
    received_at: datetime
    settled_at: datetime | None
