"""Backtests: orders and their progress. Fractions are numbers, 0.01 is 1 %; money is simulated."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field, model_validator

from kit.http import Body, View
from signals.model.backtest import BacktestStatus, SizingKind, Step
from signals.model.market import Timeframe
from signals.schemas.signals import Symbol

LONGEST = timedelta(days=366 * 30)
Value = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
Parameter = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


class CostsIn(Body):
    """What an order costs: fees on entry and exit, slippage on market fills."""

    fee_bps: float = Field(
        default=5, ge=0, le=500, description="Of the traded value, in hundredths of a per cent"
    )
    fee_per_order: float = Field(default=0, ge=0, le=100_000, description="In the instruments' currency")
    slippage_bps: float = Field(default=5, ge=0, le=500)
    slippage_atr: float = Field(default=0, ge=0, le=2, description="As a fraction of the average true range")


class SizingIn(Body):
    """How much one signal gets: `risk` and `equity` are fractions of equity, `notional` an amount."""

    kind: SizingKind = "risk"
    value: float = Field(default=0.01, gt=0, le=1_000_000_000)
    lot: float = Field(
        default=1, ge=0, le=1_000_000, description="Units come in multiples of it; 0: any fraction"
    )

    @model_validator(mode="after")
    def _fraction(self) -> Self:
        if self.kind != "notional" and self.value > 1:
            raise ValueError("a fraction of equity is at most 1")
        return self


class WalkForwardIn(Body):
    """Choose parameters on earlier pieces of the period, judge them on later ones."""

    folds: int = Field(default=4, ge=2, le=12)
    train: int = Field(default=2, ge=1, le=6, description="Pieces a fold chooses on")
    expanding: bool = Field(default=False, description="Choose on all earlier pieces instead")


class BacktestIn(Body):
    """What to test."""

    strategy: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    symbols: tuple[Symbol, ...] = Field(min_length=1, max_length=10)
    timeframe: Timeframe = "1d"
    first: AwareDatetime
    last: AwareDatetime
    cash: float = Field(default=1_000_000, ge=1_000, le=1_000_000_000_000)
    costs: CostsIn = Field(default_factory=CostsIn)
    sizing: SizingIn = Field(default_factory=SizingIn)
    leverage: float = Field(default=1, gt=0, le=10)
    at_once: int = Field(default=1, ge=1, le=10, description="Positions in one instrument at a time")
    screened: bool = Field(default=True, description="Apply the screening that live signals pass")
    search: dict[Parameter, Annotated[tuple[Value, ...], Field(min_length=1, max_length=10)]] = Field(
        default={},
        max_length=4,
        description="Values to try: `stop`, `targets` and `life` are factors, `confidence` the least one, "
        "others are the strategy's own; at most 64 combinations",
    )
    walk_forward: WalkForwardIn | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if not timedelta(0) < self.last - self.first <= LONGEST:
            raise ValueError("the period ends after it begins, and within thirty years")
        if len(set(self.symbols)) < len(self.symbols):
            raise ValueError("each instrument is named once")
        return self


class BacktestView(View):
    """An order and how far it is. ``reason`` tells why it failed; ``wanted`` is what was asked."""

    id: str
    status: BacktestStatus
    step: Step
    percent: int
    reason: str
    created_at: datetime
    updated_at: datetime
    wanted: dict[str, Any]


class ReportLinkView(View):
    """Open ``url`` until ``expires_at``; it carries its own signature, so send it no token."""

    url: str
    expires_at: datetime


class FindingView(View):
    """The whole finding, as its page shows it."""

    finding: dict[str, Any]
