"""Webhook endpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from kit.events import Event
from partners.model.application import ApplicationId, OwnerId
from partners.model.webhook import Endpoint, EndpointId
from partners.ports.applications import Placed, Saved


@dataclass(frozen=True, slots=True)
class Notice:
    """The owner of an application is to be told that ``url`` gets nothing more."""

    endpoint: EndpointId
    owner: OwnerId
    application: str
    contact: str | None
    url: str
    reason: Literal["failing", "gone"]


class Endpoints(Protocol):
    """Endpoints of applications; every method that takes an owner sees that owner's alone."""

    def find(self, owner: OwnerId, endpoint: EndpointId) -> Endpoint | None:
        """Return the endpoint."""

    def of(self, owner: OwnerId, application: ApplicationId) -> list[Endpoint]:
        """Return the application's endpoints, the oldest first."""

    def register(self, endpoint: Endpoint, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new one; ``taken``: another one has its URL, ``full``: there are ``at_most`` already."""

    def save(self, endpoint: Endpoint, expected_version: int, events: Sequence[Event[Any]]) -> Saved:
        """Keep the changed one. What waits for an endpoint that is no longer active counts as failed."""

    def remove(self, endpoint: Endpoint, event: Event[Any]) -> bool:
        """Remove it with its log; False when it is not there in this version."""

    def disable(self, endpoint: Endpoint, expected_version: int, event: Event[Any]) -> bool:
        """As :meth:`save` of one that we disable; a notice to its owner is due from then on."""

    def take_notice(self, now: datetime, until: datetime) -> Notice | None:
        """Return a notice that is due and take it until ``until``: not told by then, it is due again."""

    def noticed(self, endpoint: EndpointId) -> None:
        """Note that the owner was told."""
