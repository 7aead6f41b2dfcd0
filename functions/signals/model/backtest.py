"""A backtest somebody ordered: what was asked, and how far it is.

queued ──> running ──> done | failed
   └──────────┴──────> cancelled
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NewType

from signals.model.market import Timeframe

BacktestId = NewType("BacktestId", str)
BacktestStatus = Literal["queued", "running", "done", "failed", "cancelled"]
Step = Literal["waiting", "planning", "deciding", "concluding", "reporting", "ended"]
SizingKind = Literal["risk", "notional", "equity"]

AT_WORK: Final[frozenset[BacktestStatus]] = frozenset({"queued", "running"})
BEGINS_AT: Final[Mapping[Step, int]] = {
    "waiting": 0,
    "planning": 1,
    "deciding": 5,
    "concluding": 75,
    "reporting": 95,
    "ended": 100,
}
"""The per cent at which each step begins; within one the share of it that is done counts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to test, as it was asked; ``research`` says what each value means.

    ``folds`` of 0 is no walk-forward: parameters of ``space`` are then judged by what they were chosen on.
    """

    strategy: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    first: datetime
    last: datetime
    cash: float = 1_000_000.0
    fee_bps: float = 0.0
    fee_per_order: float = 0.0
    slippage_bps: float = 0.0
    slippage_atr: float = 0.0
    sizing: SizingKind = "risk"
    size: float = 0.01
    lot: float = 1.0
    leverage: float = 1.0
    at_once: int = 1
    screened: bool = True
    space: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    folds: int = 0
    train: int = 2
    expanding: bool = False


@dataclass(frozen=True, slots=True)
class Backtest:
    """One order of ``owner``. ``slices_done`` of ``slices`` are decided; ``reason`` tells why it failed."""

    id: BacktestId
    owner: str
    wanted: Wanted
    created_at: datetime
    updated_at: datetime
    status: BacktestStatus = "queued"
    step: Step = "waiting"
    share: float = 0.0
    slices: int = 0
    slices_done: int = 0
    reason: str = ""

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100; it never falls."""
        if self.status == "done":
            return 100
        steps = [*BEGINS_AT]
        begins = BEGINS_AT[self.step]
        ends = BEGINS_AT[steps[min(steps.index(self.step) + 1, len(steps) - 1)]]
        share = self.slices_done / self.slices if self.step == "deciding" and self.slices else self.share
        return int(begins + (ends - begins) * min(max(share, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of the work: ``work`` says which candles, ``decided`` what came of it (JSON, or None yet)."""

    number: int
    work: str
    decided: str | None = None
