"""Who sees which signals, and when: the plan's promise in one place, for reads and for pushes alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from signals.model.signal import CLOSED, UNPUBLISHED, Signal

FREE_DELAY: Final = timedelta(minutes=15)
FREE_PER_DAY: Final = 5


@dataclass(frozen=True, slots=True)
class Access:
    """What one reader may see; a closed signal is history and open to everybody.

    ``delay`` after publication, the first ``per_day`` of a day (None: all), ``unpublished`` ones (staff).
    """

    delay: timedelta = timedelta(0)
    per_day: int | None = None
    unpublished: bool = False

    def allows(self, signal: Signal, now: datetime) -> bool:
        """Whether this reader sees ``signal`` at ``now``."""
        if signal.status in UNPUBLISHED:
            return self.unpublished
        if signal.status in CLOSED:
            return True
        in_quota = self.per_day is None or (signal.day_rank or 0) <= self.per_day
        return in_quota and signal.published_at is not None and signal.published_at <= now - self.delay


STAFF: Final = Access(unpublished=True)
SUBSCRIBER: Final = Access()
FREE: Final = Access(FREE_DELAY, FREE_PER_DAY)


def access_for(plan: str, *, staff: bool) -> Access:
    """Return the access of a caller on ``plan``; anything that is not a paid plan gets the free one."""
    if staff:
        return STAFF
    return SUBSCRIBER if plan in {"premium", "enterprise"} else FREE
