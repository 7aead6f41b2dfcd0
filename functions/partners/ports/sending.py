"""Deliveries on their way."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from partners.model.target import Target
from partners.model.webhook import Answer, DeliveryId, Endpoint, Message, Settlement


@dataclass(frozen=True, slots=True)
class Post:
    """One request: a POST of ``body`` to ``target``."""

    target: Target
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery taken for one attempt: the ``attempt``-th of its round, the ``number``-th ever."""

    delivery: DeliveryId
    attempt: int
    number: int
    message: Message
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Health:
    """An endpoint after an attempt was noted; ``version`` is the one to disable it in."""

    active: bool
    failing_since: datetime | None
    version: int


class Courier(Protocol):
    """Takes a post to where it goes, and nowhere else."""

    def send(self, post: Post) -> Answer:
        """Return what came of it, whatever that is: never raises. Safe to call from several threads."""


class Outgoing(Protocol):
    """What is to be sent."""

    def publish(self, message: Message, signal: str, day: date, late: datetime, at_most: int) -> int:
        """Plan a publication for every endpoint that wants it; return for how many.

        Plans that see signals at once get it now, the others at ``late``, and only the first ``at_most``
        publications of ``day``. Doing it again plans nothing twice.
        """

    def follow(self, message: Message, signal: str, late: datetime, at_most: int) -> int:
        """Plan what became of ``signal``, as above: the others hear of it if they heard of the signal."""


class DeliveryQueue(Protocol):
    """Deliveries that are due."""

    def claim(self, now: datetime, until: datetime, limit: int, per_endpoint: int) -> list[Claimed]:
        """Take up to ``limit`` that are due, at most ``per_endpoint`` of one endpoint at a time.

        Each begins an attempt, which is written down. What is not noted before ``until`` is due again.
        """

    def note(self, claimed: Claimed, answer: Answer, settlement: Settlement, now: datetime) -> Health | None:
        """Write down how the attempt ended, what follows, and how its endpoint fares; None: it is gone.

        A success settles the delivery whoever claimed it since; anything else only while nobody did.
        """
