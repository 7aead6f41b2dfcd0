"""Topic ``trading-signals``: the life of a signal. Key and subject: the signal's id."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from kit.events import Data, Moment
from kit.events.market_data import Timeframe

Side = Literal["buy", "sell"]
Horizon = Literal["intraday", "swing", "positional"]
Outcome = Literal["target_hit", "stopped", "expired"]
Confidence = Annotated[int, msgspec.Meta(ge=1, le=100)]


class _Signal(Data, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "trading-signals"
    SOURCE: ClassVar[str] = "/treum/signals"

    signal_id: str
    symbol: str


class _Terms(_Signal, frozen=True, kw_only=True):
    """What is recommended. ``analyst`` is the registered analyst's id, ``targets`` nearest first."""

    timeframe: Timeframe
    side: Side
    entry: Decimal
    stop: Decimal
    targets: Annotated[tuple[Decimal, ...], msgspec.Meta(min_length=1)]
    currency: str
    tick: Decimal
    confidence: Confidence
    horizon: Horizon
    expires_at: Moment
    rationale: str
    analyst: str
    strategy: str
    ai_generated: bool
    disclaimer: str


class Commitment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The promise made before publication: ``number`` without gaps per analyst, ``hash`` SHA-256 in hex."""

    number: Annotated[int, msgspec.Meta(ge=1)]
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class SignalDrafted(_Terms, frozen=True, kw_only=True):
    """A strategy or an analyst proposed a signal; nobody but staff sees it yet."""

    TYPE: ClassVar[str] = "signal.drafted"

    drafted_at: Moment


class SignalScreenedOut(_Signal, frozen=True, kw_only=True):
    """Screening or compliance refused the draft; ``reasons`` are the codes of the rules that did."""

    TYPE: ClassVar[str] = "signal.screened_out"

    policy_version: str
    reasons: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    screened_at: Moment


class SignalApproved(_Signal, frozen=True, kw_only=True):
    """The draft may be published; ``approved_by`` is a person's id, or ``rule:<name>``."""

    TYPE: ClassVar[str] = "signal.approved"

    approved_by: str
    policy_version: str
    approved_at: Moment


class SignalPublished(_Terms, frozen=True, kw_only=True):
    """The signal is live: all that a subscriber needs to act on it and to check it later."""

    TYPE: ClassVar[str] = "signal.published"

    commitment: Commitment
    policy_version: str
    published_at: Moment


class SignalClosed(_Signal, frozen=True, kw_only=True):
    """The signal ended by itself. ``mfe`` and ``mae`` are the best and worst excursions, price units."""

    TYPE: ClassVar[str] = "signal.closed"

    outcome: Outcome
    exit_price: Decimal
    mfe: Decimal
    mae: Decimal
    closed_at: Moment


class SignalCancelled(_Signal, frozen=True, kw_only=True):
    """A person closed the live signal at the market: it counts by ``exit_price`` like any other end."""

    TYPE: ClassVar[str] = "signal.cancelled"

    reason: str
    cancelled_by: str
    cancelled_at: Moment
    exit_price: Decimal | None = None
    mfe: Decimal | None = None
    mae: Decimal | None = None
    closed_at: Moment | None = None


class SignalWithdrawn(_Signal, frozen=True, kw_only=True):
    """A person took the signal back before it was published; nobody but staff ever saw it."""

    TYPE: ClassVar[str] = "signal.withdrawn"

    reason: str
    withdrawn_by: str
    withdrawn_at: Moment


class SignalApprovalRequested(_Signal, frozen=True, kw_only=True):
    """The draft waits until ``due_at`` for a person of one of the roles ``deciders``."""

    TYPE: ClassVar[str] = "signal.approval_requested"

    deciders: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    due_at: Moment
    requested_at: Moment


class SignalEscalated(_Signal, frozen=True, kw_only=True):
    """Nobody decided in time: only ``deciders`` may now, until ``due_at``; then it is declined by rule."""

    TYPE: ClassVar[str] = "signal.escalated"

    deciders: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    due_at: Moment
    escalated_at: Moment


class SignalRevised(_Signal, frozen=True, kw_only=True):
    """A live signal has a new stop, targets or end, promised before it was told.

    ``revision`` counts from 1. ``since`` is market time: only candles that close later meet the new terms.
    """

    TYPE: ClassVar[str] = "signal.revised"

    revision: Annotated[int, msgspec.Meta(ge=1)]
    stop: Decimal
    targets: Annotated[tuple[Decimal, ...], msgspec.Meta(min_length=1)]
    expires_at: Moment
    reason: str
    commitment: Commitment
    since: Moment
    revised_at: Moment


class SignalRecalled(_Signal, frozen=True, kw_only=True):
    """The live signal was published by mistake: do not act on it. Its outcome still counts in the record."""

    TYPE: ClassVar[str] = "signal.recalled"

    reason: str
    recalled_by: str
    recalled_at: Moment


class SignalVoided(_Signal, frozen=True, kw_only=True):
    """The numbered promise was never published and never will be; it counts in the record, never as won."""

    TYPE: ClassVar[str] = "signal.voided"

    timeframe: Timeframe
    analyst: str
    strategy: str
    commitment: Commitment
    reason: str
    voided_at: Moment
