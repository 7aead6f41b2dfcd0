"""Who sees which signals, and when: the plans' promise in one table, for reads and for pushes alike.

| plan       | live signals                         | closed ones, by publication | history, export | drafts |
| ---------- | ------------------------------------ | --------------------------- | --------------- | ------ |
| free       | 15 minutes late, first 5 of a day    | of the last 30 days         | no              | no     |
| premium    | at once                              | of the last year            | no              | no     |
| enterprise | at once                              | all                         | yes             | no     |
| (staff)    | at once                              | all                         | yes             | yes    |

The public record of promises is nobody's privilege: it is open to all and not ruled here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from signals.model.signal import CLOSED, UNPUBLISHED, Signal

FREE_DELAY: Final = timedelta(minutes=15)
FREE_PER_DAY: Final = 5


@dataclass(frozen=True, slots=True)
class Access:
    """What one reader may see.

    ``delay`` after publication, the first ``per_day`` of a day (None: all), closed ones published within
    ``reach`` (None: all), ``archive`` (history and export), ``unpublished`` ones (staff).
    """

    delay: timedelta = timedelta(0)
    per_day: int | None = None
    reach: timedelta | None = None
    archive: bool = False
    unpublished: bool = False

    def allows(self, signal: Signal, now: datetime) -> bool:
        """Whether this reader sees ``signal`` at ``now``."""
        if signal.status in UNPUBLISHED:
            return self.unpublished
        if signal.published_at is None:
            return False
        if signal.status in CLOSED:
            return self.reach is None or signal.published_at >= now - self.reach
        in_quota = self.per_day is None or (signal.day_rank or 0) <= self.per_day
        return in_quota and signal.published_at <= now - self.delay


FREE: Final = Access(FREE_DELAY, FREE_PER_DAY, timedelta(days=30))
SUBSCRIBER: Final = Access(reach=timedelta(days=365))
ENTERPRISE: Final = Access(archive=True)
STAFF: Final = Access(archive=True, unpublished=True)
PLANS: Final[Mapping[str, Access]] = {"free": FREE, "premium": SUBSCRIBER, "enterprise": ENTERPRISE}


def access_for(plan: str, *, staff: bool) -> Access:
    """Return the access of a caller on ``plan``; anything that is not a paid plan gets the free one."""
    return STAFF if staff else PLANS.get(plan, FREE)
