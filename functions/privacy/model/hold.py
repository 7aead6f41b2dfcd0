"""A legal hold: until it ends or is released, its person's data stays as it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType

from privacy.model.export import PersonId

HoldId = NewType("HoldId", str)
LONGEST: Final = timedelta(days=3 * 366)
"""A hold is set anew rather than for ever."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Set by one person of the staff and released by another, neither of them its ``person``."""

    id: HoldId
    person: PersonId
    reason: str
    set_by: str
    set_at: datetime
    until: datetime
    released_by: str | None = None
    released_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it keeps anything at ``now``."""
        return self.released_at is None and now < self.until
