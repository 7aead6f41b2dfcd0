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


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
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
    """A person withdrew the signal before it ended."""

    TYPE: ClassVar[str] = "signal.cancelled"

    reason: str
    cancelled_by: str
    cancelled_at: Moment
