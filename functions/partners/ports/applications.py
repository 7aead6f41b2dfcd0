"""Applications, and the plans of those who own them."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from kit.events import Event
from kit.identity import Plan
from partners.model.application import Application, ApplicationId, OwnerId

Placed = Literal["placed", "taken", "full"]
Saved = Literal["saved", "stale", "taken"]


class Applications(Protocol):
    """Every method that takes an owner sees that owner's alone; None stands for everybody's."""

    def find(self, owner: OwnerId | None, application: ApplicationId) -> Application | None:
        """Return the application."""

    def of(self, owner: OwnerId) -> list[Application]:
        """Return the owner's applications, the oldest first."""

    def register(self, application: Application, plan: Plan, at_most: int, event: Event[Any]) -> Placed:
        """Keep a new one with its event; ``taken``: its name is, ``full``: there are ``at_most`` already.

        ``plan`` is the owner's as far as nothing newer is known of it.
        """

    def save(self, application: Application, expected_version: int, events: Sequence[Event[Any]]) -> Saved:
        """Keep the changed one with its events, and revise its keys; ``stale``: it has another version."""


class Owners(Protocol):
    """Plans and disabled accounts, as events tell them."""

    def change(self, owner: OwnerId, plan: Plan, version: int) -> bool:
        """Keep the plan and revise the owner's keys, unless a later version is known; whether it was kept."""

    def stand(self, owner: OwnerId, version: int, *, disabled: bool) -> bool:
        """Keep whether the account is disabled, and revise the keys, as above."""
