"""A signal: terms that never change once drafted, and a state that moves forward only.

draft ─┬─> awaiting_approval ─┬─> approved ──> live ─┬─> target_hit
       ├─────────────────────────>                   ├─> stopped
       └─> screened_out <─────┘                      ├─> expired
                                                     └─> cancelled
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, Literal, NewType

from kit.ids import uuid7_at
from signals.model.market import Timeframe

SignalId = NewType("SignalId", str)
AnalystId = NewType("AnalystId", str)
Side = Literal["buy", "sell"]
Horizon = Literal["intraday", "swing", "positional"]
Status = Literal[
    "draft",
    "awaiting_approval",
    "approved",
    "screened_out",
    "live",
    "target_hit",
    "stopped",
    "expired",
    "cancelled",
]
Step = Literal["screen", "compliance", "approval"]

NEXT: Final[dict[Status, frozenset[Status]]] = {
    "draft": frozenset({"awaiting_approval", "approved", "screened_out"}),
    "awaiting_approval": frozenset({"approved", "screened_out"}),
    "approved": frozenset({"live"}),
    "live": frozenset({"target_hit", "stopped", "expired", "cancelled"}),
    "screened_out": frozenset(),
    "target_hit": frozenset(),
    "stopped": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
UNPUBLISHED: Final[frozenset[Status]] = frozenset({"draft", "awaiting_approval", "approved", "screened_out"})
CLOSED: Final[frozenset[Status]] = frozenset({"target_hit", "stopped", "expired", "cancelled"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is recommended. Prices are multiples of ``tick`` in ``currency``; ``targets`` nearest first.

    ``candle_at`` is the close of the candle that decided it. ``ai_generated`` is None while nobody has
    declared it. ``warnings`` are codes shown beside the signal, such as ``PENNY_STOCK``.
    """

    symbol: str
    timeframe: Timeframe
    strategy: str
    candle_at: datetime
    side: Side
    entry: Decimal
    stop: Decimal
    targets: tuple[Decimal, ...]
    currency: str
    tick: Decimal
    confidence: int
    horizon: Horizon
    expires_at: datetime
    rationale: str
    disclaimer: str
    analyst: AnalystId
    ai_generated: bool | None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.confidence <= 100:  # noqa: PLR2004 - the scale of the platform
            raise ValueError("confidence is 1 to 100")
        if any(price <= 0 or price % self.tick for price in (self.entry, self.stop, *self.targets)):
            raise ValueError("prices of a signal are positive multiples of the tick")

    @property
    def direction(self) -> int:
        """1 when the signal gains from a rise, -1 when from a fall."""
        return 1 if self.side == "buy" else -1


@dataclass(frozen=True, slots=True)
class Signal:
    """Terms and where they are in their life; ``version`` counts changes of state from 1.

    ``live_from`` is the market time at publication: only later candles decide the outcome.
    ``day_rank`` is the place among the signals published that day (India), from 1.
    """

    id: SignalId
    terms: Terms
    drafted_at: datetime
    status: Status = "draft"
    version: int = 1
    policy_version: str = ""
    published_at: datetime | None = None
    live_from: datetime | None = None
    day_rank: int | None = None
    closed_at: datetime | None = None
    exit_price: Decimal | None = None
    mfe: Decimal | None = None
    mae: Decimal | None = None

    def to(self, status: Status) -> "Signal":
        """Return the signal one step further. Raises ``ValueError`` where its life has no such step."""
        if status not in NEXT[self.status]:
            raise ValueError(f"a signal cannot go from {self.status} to {status}")
        return replace(self, status=status, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of the gate, kept for ever: which ``step``, under which policy, by whom, and why not."""

    signal_id: SignalId
    step: Step
    policy_version: str
    passed: bool
    reasons: tuple[str, ...]
    decided_by: str
    decided_at: datetime
    note: str = ""


def identity(symbol: str, timeframe: Timeframe, strategy: str, candle_at: datetime) -> SignalId:
    """Return the id that one strategy's decision on one candle has, however often it is computed.

    A UUIDv7 whose time is the candle's and whose randomness is a digest, so a replay finds its own draft.
    """
    name = f"{symbol}|{timeframe}|{strategy}|{candle_at.isoformat()}"
    return SignalId(uuid7_at(int(candle_at.timestamp() * 1000), sha256(name.encode()).digest()[:10]))


def horizon_of(length: timedelta) -> Horizon:
    """Return the name of a life of ``length``: a day is intraday, six weeks swing, more positional."""
    if length <= timedelta(days=1):
        return "intraday"
    return "swing" if length <= timedelta(weeks=6) else "positional"
