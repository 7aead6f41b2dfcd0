"""What people propose and change: drafts by hand, revisions, reasons."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from kit.http import Body, View
from signals.model.market import Timeframe
from signals.model.signal import Side
from signals.schemas.signals import RevisionView, Symbol

Price = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8)]
Targets = Annotated[tuple[Price, ...], Field(min_length=1, max_length=5)]
Reason = Annotated[str, Field(min_length=10, max_length=500, description="For subscribers to read")]


class ProposalIn(Body):
    """A signal written by hand, on the newest closed candle of ``timeframe``."""

    symbol: Symbol
    timeframe: Timeframe
    side: Side
    entry: Price | None = Field(
        default=None, description="A price the newest candle traded; its close when absent"
    )
    stop: Price
    targets: Targets
    confidence: int = Field(ge=1, le=100)
    life: int = Field(ge=1, le=200, description="How many candles until it expires")
    rationale: str = Field(min_length=40, max_length=2000)
    ai_generated: bool = Field(description="Whether artificial intelligence had a part in it")


class ReasonIn(Body):
    """Why."""

    reason: Reason


class RevisionIn(Body):
    """What changes; what is absent stays. A stop may only move towards safety."""

    reason: Reason
    stop: Price | None = None
    targets: Targets | None = None
    expires_at: AwareDatetime | None = None


class RevisionDecisionIn(Body):
    """A second person's decision."""

    decision: Literal["approve", "decline"]


class StaffRevisionView(RevisionView):
    """A revision with who made and who decided it."""

    made_by: str
    decided_by: str


class StaffRevisionsView(View):
    """Every revision of a signal, in order."""

    items: tuple[StaffRevisionView, ...]


class AccountIn(Body):
    """The account that signs."""

    user_id: UUID


class AccountView(View):
    """Which account signs as which analyst, since when."""

    analyst: str
    user_id: UUID
    assigned_at: datetime
