"""Webhook endpoints in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from kit.events import Event
from partners.adapters.memory.world import World
from partners.model.application import ApplicationId, OwnerId
from partners.model.webhook import Endpoint, EndpointId
from partners.ports import Notice
from partners.ports.applications import Placed, Saved


class MemoryEndpoints:
    """See :class:`partners.ports.Endpoints`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, owner: OwnerId, endpoint: EndpointId) -> Endpoint | None:
        """Return the endpoint."""
        found = self._world.endpoints.get(endpoint)
        return found if found and found.owner == owner else None

    def of(self, owner: OwnerId, application: ApplicationId) -> list[Endpoint]:
        """Return the application's."""
        return [
            one
            for one in self._world.endpoints.values()
            if (one.owner, one.application_id) == (owner, application)
        ]

    def register(self, endpoint: Endpoint, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new one."""
        others = self.of(endpoint.owner, endpoint.application_id)
        if any(one.url == endpoint.url for one in others):
            return "taken"
        if len(others) >= at_most:
            return "full"
        self._world.endpoints[endpoint.id] = endpoint
        self._world.tell((event,))
        return "placed"

    def save(self, endpoint: Endpoint, expected_version: int, events: Sequence[Event[Any]]) -> Saved:
        """Keep the changed one."""
        was = self._world.endpoints.get(endpoint.id)
        if was is None or was.version != expected_version:
            return "stale"
        others = self.of(endpoint.owner, endpoint.application_id)
        if any(one.url == endpoint.url and one.id != endpoint.id for one in others):
            return "taken"
        if endpoint.active:
            self._world.notices.pop(endpoint.id, None)
        self._keep(endpoint)
        self._world.tell(events)
        return "saved"

    def remove(self, endpoint: Endpoint, event: Event[Any]) -> bool:
        """Remove it."""
        world = self._world
        was = world.endpoints.get(endpoint.id)
        if was is None or was.version != endpoint.version:
            return False
        del world.endpoints[endpoint.id]
        world.notices.pop(endpoint.id, None)
        for one in [one.id for one in world.deliveries.values() if one.endpoint == endpoint.id]:
            del world.deliveries[one]
        world.tell((event,))
        return True

    def disable(self, endpoint: Endpoint, expected_version: int, event: Event[Any]) -> bool:
        """Disable it, and let its owner be told."""
        was = self._world.endpoints.get(endpoint.id)
        if was is None or was.version != expected_version or not was.active:
            return False
        self._keep(
            replace(
                was,
                active=False,
                disabled=endpoint.disabled,
                version=endpoint.version,
                updated_at=endpoint.updated_at,
            )
        )
        self._world.notices[endpoint.id] = endpoint.updated_at
        self._world.tell((event,))
        return True

    def take_notice(self, now: datetime, until: datetime) -> Notice | None:
        """Take what is due."""
        world = self._world
        due = sorted((at, one) for one, at in world.notices.items() if at <= now)
        if not due:
            return None
        endpoint = world.endpoints[due[0][1]]
        world.notices[endpoint.id] = until
        application = world.applications[endpoint.application_id]
        assert endpoint.disabled in {"failing", "gone"}
        return Notice(
            endpoint.id,
            endpoint.owner,
            application.name,
            application.contact,
            endpoint.url,
            endpoint.disabled,
        )

    def noticed(self, endpoint: EndpointId) -> None:
        """Forget it."""
        self._world.notices.pop(endpoint, None)

    def _keep(self, endpoint: Endpoint) -> None:
        self._world.endpoints[endpoint.id] = endpoint
        if not endpoint.active:
            for one in self._world.deliveries.values():
                if one.endpoint == endpoint.id and one.state == "pending":
                    one.fail(endpoint.updated_at)
