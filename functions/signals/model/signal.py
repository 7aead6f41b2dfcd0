"""A signal: terms that never change once drafted, and a state that moves forward only.

draft ─┬──────────> awaiting_approval ──┬──> approved ──> live ─┬─> target_hit
       │                   └> escalated ┤                       ├─> stopped
       ├────────────────────────────────┘                       ├─> expired
       └─ any of these four ─┬─> screened_out                   └─> cancelled
                             └─> withdrawn (an approved one only by the void of its number)

A revision and a recall are no states: a live signal stays live, its version steps on.
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
    "escalated",
    "approved",
    "screened_out",
    "withdrawn",
    "live",
    "target_hit",
    "stopped",
    "expired",
    "cancelled",
]
Step = Literal["screen", "compliance", "approval", "publication"]

NEXT: Final[dict[Status, frozenset[Status]]] = {
    "draft": frozenset({"awaiting_approval", "approved", "screened_out", "withdrawn"}),
    "awaiting_approval": frozenset({"escalated", "approved", "screened_out", "withdrawn"}),
    "escalated": frozenset({"approved", "screened_out", "withdrawn"}),
    "approved": frozenset({"live", "screened_out", "withdrawn"}),
    "live": frozenset({"target_hit", "stopped", "expired", "cancelled"}),
    "screened_out": frozenset(),
    "withdrawn": frozenset(),
    "target_hit": frozenset(),
    "stopped": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
UNPUBLISHED: Final[frozenset[Status]] = frozenset(
    {"draft", "awaiting_approval", "escalated", "approved", "screened_out", "withdrawn"}
)
CLOSED: Final[frozenset[Status]] = frozenset({"target_hit", "stopped", "expired", "cancelled"})
WAITING: Final[frozenset[Status]] = frozenset({"awaiting_approval", "escalated"})
DECIDERS: Final[dict[Status, frozenset[str]]] = {
    "awaiting_approval": frozenset({"analyst", "approver", "compliance"}),
    "escalated": frozenset({"compliance"}),
}
"""Which roles may decide about a signal that waits; an admin holds every role."""


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

    @property
    def risk(self) -> Decimal:
        """What one unit loses at the stop: 1 R in price units (negative with a stop on the wrong side)."""
        return (self.entry - self.stop) * self.direction


@dataclass(frozen=True, slots=True)
class Revision:
    """A later promise about a live signal: its stop, targets and end from market time ``since`` on.

    ``number`` counts from 1 and is given by the book. Content never changes; ``state`` moves from proposed
    over approved to published, or ends as declined or lapsed (the signal had ended first).
    """

    stop: Decimal
    targets: tuple[Decimal, ...]
    expires_at: datetime
    reason: str
    made_by: str
    made_at: datetime
    number: int = 0
    state: Literal["proposed", "approved", "published", "declined", "lapsed"] = "proposed"
    decided_by: str = ""
    since: datetime | None = None
    published_at: datetime | None = None

    def on(self, terms: Terms) -> Terms:
        """Return ``terms`` with what this revision promises."""
        return replace(terms, stop=self.stop, targets=self.targets, expires_at=self.expires_at)


@dataclass(frozen=True, slots=True)
class Signal:
    """Terms and where they are in their life; ``version`` counts changes from 1, each told by one event.

    ``live_from`` is the market time at publication: only later candles decide the outcome. ``day_rank`` is
    the place among the signals published that day (India), from 1. ``drafted_by`` is the person who wrote
    it, empty for a strategy. ``revisions`` are the published ones, in order.
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
    drafted_by: str = ""
    cancel_reason: str = ""
    recalled_at: datetime | None = None
    recall_reason: str = ""
    revisions: tuple[Revision, ...] = ()

    def to(self, status: Status) -> "Signal":
        """Return the signal one step further. Raises ``ValueError`` where its life has no such step."""
        if status not in NEXT[self.status]:
            raise ValueError(f"a signal cannot go from {self.status} to {status}")
        return replace(self, status=status, version=self.version + 1)

    def recalled(self, reason: str, at: datetime) -> "Signal":
        """Return the signal marked as published by mistake: it stays live, and its outcome counts.

        Raises ``ValueError`` unless it is live and not recalled yet.
        """
        if self.status != "live" or self.recalled_at is not None:
            raise ValueError("only a live signal can be recalled, and once")
        return replace(self, version=self.version + 1, recalled_at=at, recall_reason=reason)

    def revised(self, revision: Revision) -> "Signal":
        """Return the signal under one more ``revision``. Raises ``ValueError`` unless it is live."""
        if self.status != "live" or revision.since is None:
            raise ValueError("only a live signal can be revised, from a market time on")
        return replace(self, version=self.version + 1, revisions=(*self.revisions, revision))

    @property
    def current(self) -> Terms:
        """The terms in force: the original ones under the newest revision."""
        return self.revisions[-1].on(self.terms) if self.revisions else self.terms

    @property
    def deciders(self) -> tuple[str, ...]:
        """The roles that may decide about it now; empty when it waits for nobody."""
        return tuple(sorted(DECIDERS.get(self.status, ())))

    @property
    def result_r(self) -> Decimal | None:
        """What it won or lost in units of its first risk; None while open."""
        if self.exit_price is None:
            return None
        return self._in_r((self.exit_price - self.terms.entry) * self.terms.direction)

    @property
    def mfe_r(self) -> Decimal | None:
        """The most it ran for the entry, in R."""
        return self._in_r(self.mfe)

    @property
    def mae_r(self) -> Decimal | None:
        """The most it ran against the entry, in R."""
        return self._in_r(self.mae)

    def _in_r(self, distance: Decimal | None) -> Decimal | None:
        """Return a price distance in multiples of the risk first taken, to a hundredth."""
        if distance is None or self.terms.risk <= 0:
            return None
        return (distance / self.terms.risk).quantize(Decimal("0.01"))


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
