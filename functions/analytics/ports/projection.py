"""Figures in the making: consumers of the event store, each with figures and cursors of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NewType, Protocol

from analytics.model.facts import Fact
from analytics.model.figures import EventId, Key
from analytics.ports.store import Chain

ConsumerName = NewType("ConsumerName", str)
State = Literal["active", "building", "retired", "dropped"]
Count = Callable[[Iterable[Fact]], Mapping[Key, int]]
"""All facts of one subject to what they add."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One making of all figures. ``active``: shown; ``building``: made anew; then retired and dropped.

    ``caught_up_at``: everything recorded by then is in the figures. ``facts`` counts what it took in,
    ``unread`` what it could not read. ``differences``: totals that the one before it had otherwise when it
    was switched to; None where they could not be compared.
    """

    name: ConsumerName
    state: State
    rules: int
    started_at: datetime
    caught_up_at: datetime | None = None
    switched_at: datetime | None = None
    facts: int = 0
    unread: int = 0
    differences: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a consumer has read a chain."""

    chain: Chain
    index: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A part of a chain that was read: everything in ``(after, index]``."""

    chain: Chain
    after: int
    index: int


@dataclass(frozen=True, slots=True)
class Advance:
    """What was read and is to be counted; ``unread`` are events that fit no schema, with the reason."""

    consumer: ConsumerName
    readings: Sequence[Reading]
    facts: Sequence[Fact] = ()
    unread: Mapping[EventId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advanced:
    """How many facts were new, and how many totals they changed."""

    facts: int
    totals: int


@dataclass(frozen=True, slots=True)
class Switched:
    """Which consumer is shown from now on, and how many totals differ from those shown before."""

    name: ConsumerName
    differences: int | None


class Projections(Protocol):
    """The consumers. What is counted is at any time what ``Count`` makes of the facts kept."""

    def consumers(self) -> Sequence[Consumer]:
        """Return all, in the order they were begun."""

    def begin(self, name: ConsumerName, rules: int, at: datetime) -> bool:
        """Begin a consumer at the start of the store: active where none is, else building.

        False, and nothing changed, when the name was used before or another is being built.
        """

    def positions(self, name: ConsumerName) -> Mapping[Chain, int]:
        """Return how far ``name`` has read each chain that it has read at all."""

    def advance(self, step: Advance, count: Count) -> Advanced | None:
        """Take in what was read, count it, and move the positions: all or nothing.

        An event counts once. None, and nothing changed, when somebody else is at it now or has moved a
        position since.
        """

    def caught_up(self, name: ConsumerName, at: datetime) -> None:
        """Keep that everything recorded by ``at`` is in, where a later moment is not kept."""

    def switch(self, at: datetime) -> Switched | None:
        """Show what was built instead of what is shown, which retires; compare their totals before.

        None while nothing is built, or it has not read as far as what is shown.
        """

    def drop(self, at_most: int) -> int:
        """Delete up to ``at_most`` rows of what retired, mark it dropped with the last; return how many."""

    def discrepancies(self, name: ConsumerName, count: Count) -> Sequence[str]:
        """Return where totals, contributions and what ``count`` makes of the facts do not agree."""
