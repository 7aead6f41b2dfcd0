"""Counters and kept usage in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from partners.adapters.memory.world import World
from partners.model.application import ApplicationId, OwnerId
from partners.model.key import KeyId
from partners.model.usage import Counted, HourOfUsage


class MemoryCounters:
    """See :class:`partners.ports.UsageCounters`; :meth:`count` is the authorizer's part."""

    def __init__(self) -> None:
        self._epochs: dict[datetime, str] = {}
        self._made = 0
        self._kept: dict[datetime, dict[KeyId, Counted]] = {}

    def count(self, key: KeyId, hour: datetime, requests: int = 1) -> None:
        """Count requests."""
        if hour not in self._epochs:
            self._made += 1
            self._epochs[hour] = f"epoch-{self._made}"
        rows = self._kept.setdefault(hour, {})
        was = rows.get(key) or Counted(key, hour, self._epochs[hour], 0, 0, 0)
        rows[key] = replace(was, requests=was.requests + requests)

    def wipe(self) -> None:
        """Forget everything, as a flushed Redis does."""
        self._epochs.clear()
        self._kept.clear()

    def hours(self) -> list[datetime]:
        """Return the counted hours."""
        return sorted(self._kept)

    def read(self, hour: datetime) -> list[Counted]:
        """Return the counters."""
        return list(self._kept.get(hour, {}).values())

    def forget(self, hour: datetime) -> None:
        """Drop an hour."""
        self._kept.pop(hour, None)
        self._epochs.pop(hour, None)


class MemoryUsageBook:
    """See :class:`partners.ports.UsageBook`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, counted: Sequence[Counted]) -> None:
        """Keep the greatest."""
        for one in counted:
            if one.key not in self._world.keys:
                continue
            place = (one.key, one.hour, one.epoch)
            was = self._world.usage.get(place, one)
            self._world.usage[place] = replace(
                one,
                requests=max(one.requests, was.requests),
                limited=max(one.limited, was.limited),
                barred=max(one.barred, was.barred),
            )

    def read(
        self, owner: OwnerId, application: ApplicationId, since: datetime, until: datetime
    ) -> list[HourOfUsage]:
        """Sum epochs."""
        found: dict[tuple[datetime, KeyId], HourOfUsage] = {}
        for one in self._world.usage.values():
            key = self._world.keys[one.key]
            if (key.owner, key.application_id) != (owner, application) or not since <= one.hour < until:
                continue
            was = found.get((one.hour, one.key)) or HourOfUsage(one.hour, one.key, 0, 0, 0)
            found[one.hour, one.key] = replace(
                was,
                requests=was.requests + one.requests,
                limited=was.limited + one.limited,
                barred=was.barred + one.barred,
            )
        return [found[place] for place in sorted(found)]
