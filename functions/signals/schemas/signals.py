"""Signals as clients see them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kit.http import View
from signals.model.market import Timeframe
from signals.model.signal import Horizon, Side, Status

Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9._-]{1,20}$")]


class TermsView(View):
    """What is recommended."""

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
    confidence: int = Field(
        description="1 to 100: the share of past ideas of which less was to be expected; no rate of winning"
    )
    horizon: Horizon
    expires_at: datetime
    rationale: str
    disclaimer: str
    analyst: str
    ai_generated: bool | None
    warnings: tuple[str, ...]


class RevisionView(View):
    """New terms of a live signal; from market time ``since`` on they count, null until published."""

    number: int
    state: Literal["proposed", "approved", "published", "declined", "lapsed"]
    stop: Decimal
    targets: tuple[Decimal, ...]
    expires_at: datetime
    reason: str
    made_at: datetime
    since: datetime | None
    published_at: datetime | None


class SignalView(View):
    """A signal and where it is in its life.

    ``terms`` are those of the publication, ``revisions`` what was promised since. ``closed_at`` is market
    time, ``mfe`` and ``mae`` price units, ``…_r`` the same in units of the risk first taken. A recalled
    signal stays live until its outcome. ``deciders`` are the roles that may decide about one that waits.
    """

    id: str
    status: Status
    version: int
    terms: TermsView
    drafted_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    exit_price: Decimal | None
    mfe: Decimal | None
    mae: Decimal | None
    result_r: Decimal | None
    mfe_r: Decimal | None
    mae_r: Decimal | None
    revisions: tuple[RevisionView, ...]
    cancel_reason: str
    recalled_at: datetime | None
    recall_reason: str
    deciders: tuple[str, ...]


class StatsView(View):
    """Counts of all time: ``published`` are live or were."""

    generated: int
    screened_out: int
    published: int
    by_status: dict[Status, int]
