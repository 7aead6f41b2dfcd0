"""What can be asked."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kit.http import Body, PageQuery

Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))]
Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class SpanIn(Body):
    """From which day to which, both included, at most two years; without them the last 30 days."""

    first: Day | None = Field(default=None, alias="from", description="First day (India)")
    last: Day | None = Field(default=None, alias="to", description="Last day (India); without it today")


class FileIn(SpanIn):
    """The same, as JSON or as a file."""

    format: Literal["json", "csv"] | None = Field(
        default=None, description="Without it what `Accept` prefers: `text/csv`, or JSON"
    )


class RevenueIn(FileIn):
    """Revenue of which days and product line."""

    line: Literal["courses", "research"] | None = None


class AccuracyIn(SpanIn):
    """Promises of which months and strategy; whole months count."""

    strategy: Label | None = None


class EventsIn(PageQuery):
    """The events behind a figure: of which days, and of which product line, plan, strategy or cohort."""

    first: Day | None = Field(default=None, alias="from", description="First day (India)")
    last: Day | None = Field(default=None, alias="to", description="Last day (India); without it today")
    label: Label | None = None
