"""What was sent: the log of deliveries, and sending again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from partners.model.application import OwnerId
from partners.model.webhook import DeliveryId, EndpointId, Message, MessageId, State


@dataclass(frozen=True, slots=True)
class Logged:
    """One delivery as its owner sees it; ``status`` and ``outcome`` are the last attempt's."""

    id: DeliveryId
    endpoint_id: EndpointId
    message_id: MessageId
    type: str
    state: State
    tried: int
    outcome: str | None
    status: int | None
    created_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt; no ``outcome``: it runs, or whoever made it died."""

    number: int
    started_at: datetime
    outcome: str | None
    status: int | None
    excerpt: str | None
    took_ms: int | None


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Deliveries of one endpoint, the newest first; ``after`` is the last one of the page before."""

    state: State | None
    after: tuple[datetime, DeliveryId] | None
    limit: int


class DeliveryLog(Protocol):
    """The log; every method sees the owner's alone."""

    def page(self, owner: OwnerId, endpoint: EndpointId, query: LogQuery) -> list[Logged]:
        """Return up to ``limit`` deliveries."""

    def find(self, owner: OwnerId, delivery: DeliveryId) -> tuple[Logged, str, list[Tried]] | None:
        """Return a delivery, the body it carries, and its attempts (the newest hundred, in order)."""

    def plan(
        self, owner: OwnerId, endpoint: EndpointId, message: Message, now: datetime
    ) -> DeliveryId | None:
        """Plan ``message`` for one endpoint, due now; None: it is absent or not active."""

    def replay(
        self, owner: OwnerId, endpoint: EndpointId, delivery: DeliveryId, now: datetime
    ) -> bool | None:
        """Begin a new round of one delivery of ``endpoint``, whatever came of it.

        False: not while its endpoint is disabled; None: it is absent.
        """

    def replay_failed(
        self, owner: OwnerId, endpoint: EndpointId, since: datetime, at_most: int, now: datetime
    ) -> int | None:
        """Begin a new round of those that failed of what was created since then; return how many.

        None: the endpoint is absent or not active. The oldest come first.
        """

    def forget(self, before: datetime, at_most: int) -> int:
        """Delete up to ``at_most`` messages from before then, with their deliveries; return how many."""
