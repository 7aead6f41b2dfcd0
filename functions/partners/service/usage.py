"""Keep what the authorizer counted, and show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock, failpoint
from partners.errors import ApplicationUnknown
from partners.model.application import ApplicationId, OwnerId
from partners.model.usage import HourOfUsage
from partners.ports import Applications, UsageBook, UsageCounters

_HOUR: Final = timedelta(hours=1)
_OVER: Final = timedelta(hours=2)
"""No container counts into an hour that ended this long ago: a request lives for seconds."""


@dataclass(frozen=True, slots=True)
class UsageKeeping:
    """From counters in Redis to rows in PostgreSQL."""

    counters: UsageCounters
    book: UsageBook

    def flush(self) -> int:
        """Keep every counter as it stands, then forget the hours long over; return how many were kept.

        Counters are totals, not differences: dying anywhere in between, or doing it twice, changes nothing.
        """
        kept = 0
        for hour in self.counters.hours():
            counted = self.counters.read(hour)
            failpoint.hit("partners.usage_read")
            self.book.keep(counted)
            failpoint.hit("partners.usage_kept")
            if hour + _HOUR + _OVER <= clock.now():
                self.counters.forget(hour)
            kept += len(counted)
        return kept


@dataclass(frozen=True, slots=True)
class UsageReading:
    """What owners see."""

    applications: Applications
    book: UsageBook

    def read(
        self, owner: OwnerId, application: ApplicationId, since: datetime, until: datetime
    ) -> list[HourOfUsage]:
        """Return the hours from ``since`` to before ``until``. Raises ``ApplicationUnknown``."""
        if self.applications.find(owner, application) is None:
            raise ApplicationUnknown
        return self.book.read(owner, application, since, until)
