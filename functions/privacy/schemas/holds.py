"""What compliance says and sees of legal holds."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from kit.http import Body, PageQuery, View
from privacy.model.hold import Hold


class HoldIn(Body):
    """Whom to hold, why, and until when."""

    person: UUID
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    until: AwareDatetime


class HoldsQuery(PageQuery):
    """All holds, or those on one person."""

    person: UUID | None = Field(default=None, description="Those on this person alone")


class HoldView(View):
    """A hold."""

    id: str
    person: str
    reason: str
    set_by: str
    set_at: datetime
    until: datetime
    released_by: str | None
    released_at: datetime | None

    @classmethod
    def of(cls, hold: Hold) -> Self:
        """Show it."""
        return cls.model_validate(hold)
