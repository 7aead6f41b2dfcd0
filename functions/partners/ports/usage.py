"""What keys were used for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from partners.model.application import ApplicationId, OwnerId
from partners.model.usage import Counted, HourOfUsage


class UsageCounters(Protocol):
    """Where the authorizer counts. Every method raises ``Retryable`` when it is away."""

    def hours(self) -> list[datetime]:
        """Return the hours that were counted and not forgotten."""

    def read(self, hour: datetime) -> list[Counted]:
        """Return the counters of ``hour`` as they stand: they grow until :meth:`forget`."""

    def forget(self, hour: datetime) -> None:
        """Drop the counters of an hour that is over and kept elsewhere."""


class UsageBook(Protocol):
    """Where it is kept."""

    def keep(self, counted: Sequence[Counted]) -> None:
        """Keep each counter at the greatest ever seen of its epoch: any number of times, in any order."""

    def read(
        self, owner: OwnerId, application: ApplicationId, since: datetime, until: datetime
    ) -> list[HourOfUsage]:
        """Return the hours from ``since`` to before ``until``, by hour and key."""
