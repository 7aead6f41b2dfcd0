"""What the memory adapters share: the rows of every table, and the events that were told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kit.events import Event
from kit.identity import Plan
from partners.model.application import Application, ApplicationId, OwnerId
from partners.model.key import Key, KeyId
from partners.model.usage import Counted
from partners.model.webhook import DeliveryId, Endpoint, EndpointId, Message, MessageId, State
from partners.ports import Tried

HOURLY = {"free": 100, "premium": 1_000, "enterprise": 10_000, "partner": 50_000}
AT_ONCE = frozenset({"premium", "enterprise"})


@dataclass(slots=True)
class Sent:
    """A row of ``deliveries`` with its attempts."""

    id: DeliveryId
    message: MessageId
    endpoint: EndpointId
    due_at: datetime
    created_at: datetime
    state: State = "pending"
    attempt: int = 0
    taken_until: datetime | None = None
    settled_at: datetime | None = None
    tries: list[Tried] = field(default_factory=list)

    def again(self, now: datetime) -> None:
        """Begin a new round."""
        self.state, self.attempt, self.due_at = "pending", 0, now
        self.taken_until = self.settled_at = None

    def fail(self, now: datetime) -> None:
        """Give up."""
        self.state, self.settled_at, self.taken_until = "failed", now, None


@dataclass
class World:
    """One database in memory."""

    owners: dict[OwnerId, tuple[Plan, int]] = field(default_factory=dict)
    standings: dict[OwnerId, tuple[bool, int]] = field(default_factory=dict)
    applications: dict[ApplicationId, Application] = field(default_factory=dict)
    keys: dict[KeyId, Key] = field(default_factory=dict)
    revisions: dict[KeyId, tuple[int, datetime]] = field(default_factory=dict)
    usage: dict[tuple[KeyId, datetime, str], Counted] = field(default_factory=dict)
    endpoints: dict[EndpointId, Endpoint] = field(default_factory=dict)
    notices: dict[EndpointId, datetime] = field(default_factory=dict)
    ranks: dict[str, tuple[date, int]] = field(default_factory=dict)
    messages: dict[MessageId, Message] = field(default_factory=dict)
    deliveries: dict[DeliveryId, Sent] = field(default_factory=dict)
    told: list[Event[Any]] = field(default_factory=list)
    _revision: int = 0

    def tell(self, events: Sequence[Event[Any]]) -> None:
        """Keep what the outbox would."""
        self.told.extend(events)

    def revise(self, key: KeyId, at: datetime) -> None:
        """Give the key the next revision."""
        self._revision += 1
        self.revisions[key] = (self._revision, at)

    def revise_of(self, owner: OwnerId, at: datetime) -> None:
        """Give the owner's keys the next revisions."""
        for key in list(self.keys.values()):
            if key.owner == owner:
                self.revise(key.id, at)

    def disabled(self, owner: OwnerId) -> bool:
        """Return whether the owner's account is disabled."""
        return self.standings.get(owner, (False, 0))[0]

    def works(self, application: Application) -> bool:
        """Return whether anything of ``application`` works: it is open, and its owner is not disabled."""
        return application.open and not self.disabled(application.owner)

    def plan_of(self, application: Application) -> Plan:
        """Return the owner's plan."""
        return self.owners[application.owner][0]
