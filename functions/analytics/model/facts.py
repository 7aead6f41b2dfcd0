"""What of an event is kept for counting. ``subject`` is whose it is: a person, or a signal.

All facts of one subject are counted together; facts of two subjects never meet. Facts of one thing
(``about``) are in the order of their versions, and of their ``place`` in the store within one version.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from analytics.model.figures import EventId
from kit.identity import Plan

Line = Literal["courses", "research", "wallet"]
Movement = Literal["sale", "refund", "chargeback"]
Step = Literal["started", "renewed", "repriced", "past_due", "recovered", "ended"]
Turn = Literal["published", "voided", "recalled", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event of ``about``, at the moment it tells of."""

    event: EventId
    subject: str
    about: str
    version: int
    at: datetime
    place: int = 0

    @property
    def order(self) -> tuple[int, int, str]:
        """Return what puts the facts of one thing in order."""
        return self.version, self.place, self.event


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Fact):
    """Money came or went; whole paise. On the line ``wallet`` it is a deposit, not revenue."""

    how: Movement
    line: Line
    net: int
    tax: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed(Fact):
    """A subscription took a step. ``monthly`` is what it brings a month without tax; ``trial``: not yet."""

    step: Step
    plan: Plan
    monthly: int
    trial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled(Fact):
    """A person's plan from now on."""

    plan: Plan
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chose(Fact):
    """What a reader of signals follows from now on."""

    symbols: tuple[str, ...]
    strategies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned(Fact):
    """A signal was published, voided, recalled or ended; levels only where the event has them."""

    turn: Turn
    strategy: str = ""
    rises: bool = True
    entry: Decimal | None = None
    stop: Decimal | None = None
    exit: Decimal | None = None
