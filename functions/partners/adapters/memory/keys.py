"""API keys in memory, and what is mirrored of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kit.events import Event
from partners.adapters.memory.world import HOURLY, World
from partners.adapters.mirrored import ENDED_FOR, mirrored
from partners.model.application import ApplicationId, OwnerId
from partners.model.key import Key, KeyId
from partners.model.mirrored import MirroredKey
from partners.ports.applications import Placed


class MemoryKeys:
    """See :class:`partners.ports.Keys`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, owner: OwnerId, application: ApplicationId, key: KeyId) -> Key | None:
        """Return the key."""
        found = self._world.keys.get(key)
        return found if found and (found.owner, found.application_id) == (owner, application) else None

    def of(self, owner: OwnerId, application: ApplicationId) -> list[Key]:
        """Return the application's."""
        found = [
            one
            for one in self._world.keys.values()
            if (one.owner, one.application_id) == (owner, application)
        ]
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)[:100]

    def issue(self, key: Key, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new key."""
        others = [one for one in self.of(key.owner, key.application_id) if one.revoked_at is None]
        if any(one.name == key.name and one.replaced_by is None for one in others):
            return "taken"
        if sum(one.live(key.created_at) for one in others) >= at_most:
            return "full"
        self._keep(key, key.created_at)
        self._world.tell((event,))
        return "placed"

    def rotate(self, old: Key, expected_version: int, new: Key, events: Sequence[Event[Any]]) -> bool:
        """Keep both."""
        if self._world.keys[old.id].version != expected_version:
            return False
        self._keep(old, new.created_at)
        self._keep(new, new.created_at)
        self._world.tell(events)
        return True

    def revoke(self, key: Key, expected_version: int, event: Event[Any]) -> bool:
        """Keep the revoked key."""
        if self._world.keys[key.id].version != expected_version:
            return False
        assert key.revoked_at is not None
        self._keep(key, key.revoked_at)
        self._world.tell((event,))
        return True

    def _keep(self, key: Key, at: datetime) -> None:
        self._world.keys[key.id] = key
        self._world.revise(key.id, at)


class MemoryMirrorSource:
    """See :class:`partners.ports.MirrorSource`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of_application(self, application: ApplicationId, now: datetime) -> list[MirroredKey]:
        """Return its keys."""
        return [one for one in self._all(now) if self._world.keys[one.key].application_id == application]

    def of_owner(self, owner: OwnerId, now: datetime) -> list[MirroredKey]:
        """Return the owner's keys."""
        return [one for one in self._all(now) if one.owner == owner]

    def page(self, after: str, limit: int, now: datetime) -> list[MirroredKey]:
        """Return keys by prefix."""
        return [one for one in self._all(now) if one.prefix > after][:limit]

    def _all(self, now: datetime) -> list[MirroredKey]:
        world, found = self._world, []
        for key in world.keys.values():
            application, (revision, at) = world.applications[key.application_id], world.revisions[key.id]
            live = key.live(now) and world.works(application)
            if live or at > now - ENDED_FOR:
                plan = world.plan_of(application)
                hourly = HOURLY[application.tier or plan]
                found.append(mirrored(key, application, plan, hourly, revision, live=live))
        return sorted(found, key=lambda one: one.prefix)
