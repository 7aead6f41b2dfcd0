"""Figures of performance, and what has to be said beside them."""

from datetime import datetime
from typing import Final

from pydantic import Field

from kit.http import Body, View
from signals.model.market import Timeframe
from signals.model.performance import Dimension, Period, State
from signals.schemas.listing import Name
from signals.schemas.signals import Symbol

DISCLAIMERS: Final = (
    "Past performance is not indicative of future results.",
    "Figures are before brokerage, taxes, slippage and fees; nobody's account was traded.",
    "Every numbered promise counts; ended without a price as a full loss, never published as not won.",
    "Investments in the securities market are subject to market risks: read all related documents carefully.",
)
UNVERIFIED: Final = (
    "NOT VERIFIED by a Past Risk and Return Verification Agency: for internal use only, not to be shown to"
    " clients or the public."
)


class PerformanceQueryIn(Body):
    """Which promises, published in which period, and by what they are grouped."""

    period: Period = "90d"
    by: Dimension | None = Field(default=None, description="One row a value; without it one row for all")
    analyst: Name | None = None
    strategy: Name | None = None
    symbol: Symbol | None = None
    timeframe: Timeframe | None = None


class FiguresView(View):
    """What a group of promises came to; R is a result in multiples of the risk from entry to stop.

    Ratios are null where they would divide by nothing. ``win_rate`` = won / (closed + voided), between
    ``win_rate_low`` and ``win_rate_high`` with 95 % confidence (Wilson).
    ``average_r``: mean of the closed ones; ``expectancy_r``: mean of all settled, voided as 0.
    ``profit_factor``: gains / losses. ``mfe_r``, ``mae_r``: mean best and worst excursion.
    """

    published: int
    open: int
    closed: int
    voided: int
    recalled: int
    won: int
    lost: int
    win_rate: float | None
    win_rate_low: float | None
    win_rate_high: float | None
    average_r: float | None
    expectancy_r: float | None
    profit_factor: float | None
    mfe_r: float | None
    mae_r: float | None
    longest_losing_run: int
    deepest_fall_r: float
    outcomes: dict[State, int]


class GroupView(View):
    """One value of what was grouped by; empty without grouping."""

    key: str
    figures: FiguresView


class PerformanceView(View):
    """Figures with their period; read the disclaimers with them."""

    period: Period
    since: datetime | None
    until: datetime
    by: Dimension | None
    verified: bool
    verified_by: str | None
    disclaimers: tuple[str, ...]
    groups: tuple[GroupView, ...]
