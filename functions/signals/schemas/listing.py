"""What lists can be asked for."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from kit.http import PageQuery
from signals.model.market import Timeframe
from signals.model.signal import Side, Status
from signals.schemas.signals import Symbol

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
MOST_EXPORTED = 1000


class LiveQueryIn(PageQuery):
    """Which of the live signals."""

    mine: bool = Field(default=False, description="Only instruments and strategies that you subscribed to")


class SearchIn(LiveQueryIn):
    """Filters of a list; all of them have to hold."""

    symbol: Symbol | None = None
    timeframe: Timeframe | None = None
    strategy: Name | None = None
    analyst: Name | None = None
    side: Side | None = None
    since: AwareDatetime | None = Field(default=None, alias="from", description="Published at or after")
    until: AwareDatetime | None = Field(default=None, alias="to", description="Published before")
    confidence: int | None = Field(default=None, ge=1, le=100, description="At least this confidence")
    text: Words | None = Field(
        default=None, description="Words of the rationale, as one writes to a search engine"
    )


class SignalQueryIn(SearchIn):
    """Filters of the list of signals."""

    status: Status | None = None


class HistoryQueryIn(SearchIn):
    """Filters of the history."""

    status: Literal["target_hit", "stopped", "expired", "cancelled"] | None = None


class ExportQueryIn(HistoryQueryIn):
    """Filters, form and length of one page of an export."""

    limit: int = Field(default=500, ge=1, le=MOST_EXPORTED, description="Rows on a page")
    format: Literal["csv", "ndjson"] = "csv"
