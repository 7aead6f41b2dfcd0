"""Applications and plans in memory."""

from collections.abc import Sequence
from typing import Any

from kit import clock
from kit.events import Event
from kit.identity import Plan
from partners.adapters.memory.world import World
from partners.model.application import Application, ApplicationId, OwnerId
from partners.ports.applications import Placed, Saved


class MemoryApplications:
    """See :class:`partners.ports.Applications`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, owner: OwnerId | None, application: ApplicationId) -> Application | None:
        """Return the application."""
        found = self._world.applications.get(application)
        return found if found and owner in {None, found.owner} else None

    def of(self, owner: OwnerId) -> list[Application]:
        """Return the owner's."""
        return [one for one in self._world.applications.values() if one.owner == owner]

    def register(self, application: Application, plan: Plan, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new one."""
        others = self.of(application.owner)
        if any(one.name == application.name for one in others):
            return "taken"
        if len(others) >= at_most:
            return "full"
        self._world.owners.setdefault(application.owner, (plan, 0))
        self._world.applications[application.id] = application
        self._world.tell((event,))
        return "placed"

    def save(self, application: Application, expected_version: int, events: Sequence[Event[Any]]) -> Saved:
        """Keep the changed one."""
        world = self._world
        was = world.applications.get(application.id)
        if was is None or was.version != expected_version:
            return "stale"
        if any(
            one.name == application.name and one.id != application.id for one in self.of(application.owner)
        ):
            return "taken"
        world.applications[application.id] = application
        for key in list(world.keys.values()):
            if key.application_id == application.id:
                world.revise(key.id, application.updated_at)
        world.tell(events)
        return "saved"


class MemoryOwners:
    """See :class:`partners.ports.Owners`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def change(self, owner: OwnerId, plan: Plan, version: int) -> bool:
        """Keep a newer plan."""
        world = self._world
        known = world.owners.get(owner)
        if known is not None and known[1] >= version:
            return False
        world.owners[owner] = (plan, version)
        world.revise_of(owner, clock.now())
        return True

    def stand(self, owner: OwnerId, version: int, *, disabled: bool) -> bool:
        """Keep a newer standing."""
        world = self._world
        if world.standings.get(owner, (False, 0))[1] >= version:
            return False
        world.standings[owner] = (disabled, version)
        world.revise_of(owner, clock.now())
        return True
