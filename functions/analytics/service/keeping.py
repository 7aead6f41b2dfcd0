"""A tick of the projector: first what is shown, then a piece of what is built and of what retired."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from analytics.errors import RebuildRuns
from analytics.model.counting import RULES
from analytics.ports import Consumer, Projections
from analytics.ports.projection import ConsumerName
from analytics.service.projecting import Projector
from kit import clock, telemetry

FIRST: Final = ConsumerName("first")
SLICE_S: Final = 0.5
"""Seconds of a tick that a rebuild may take, so that what is shown stays fresh beside it."""
STEPS: Final = 20
"""Steps of what is shown in one tick, so that a backlog does not keep a rebuild from ending."""
_DROPPED: Final = 5000


@dataclass(frozen=True, slots=True)
class Ticked:
    """``facts`` counted into what is shown, and how old the oldest of them was by then."""

    facts: int = 0
    age: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Keeping:
    """Keeps figures fresh, and makes them anew beside."""

    projector: Projector
    projections: Projections
    now: Callable[[], datetime] = clock.now
    monotonic: Callable[[], float] = clock.monotonic

    def tick(self) -> Ticked:
        """Do a second's work; the first one ever begins the first consumer."""
        known = self.projections.consumers()
        shown = _in(known, "active")
        if shown is None:
            self.projections.begin(FIRST, RULES, self.now())
            return Ticked()
        ticked = self._show(shown)
        built = _in(known, "building")
        if built is not None and built.rules == RULES:
            self._build(built)
        elif built is None and shown.rules != RULES:
            self._begin_anew(len(known))
        if _in(known, "retired"):
            self.projections.drop(_DROPPED)
        return ticked

    def rebuild(self, name: ConsumerName) -> None:
        """Begin to make every figure anew under ``name``; ticks go on with it, and show it when it is whole.

        Raises :class:`RebuildRuns` while another is made, or when the name was used before.
        """
        if _in(self.projections.consumers(), "active") is None:
            self.projections.begin(FIRST, RULES, self.now())
        if not self.projections.begin(name, RULES, self.now()):
            raise RebuildRuns

    def lag(self) -> timedelta:
        """Return how long ago what is shown had everything in that was recorded by then."""
        shown = _in(self.projections.consumers(), "active")
        since = (shown.caught_up_at or shown.started_at) if shown else self.now()
        return max(timedelta(), self.now() - since)

    def _show(self, shown: Consumer) -> Ticked:
        """Read on. What older rules made is left as it is: this code would count on it otherwise."""
        facts, age = 0, timedelta()
        for _ in range(STEPS if shown.rules == RULES else 0):
            stepped = self.projector.step(shown.name)
            facts, age = facts + stepped.facts, max(age, stepped.age)
            if not stepped.read:
                break
        return Ticked(facts, age)

    def _build(self, built: Consumer) -> None:
        until = self.monotonic() + SLICE_S
        while self.monotonic() < until:
            stepped = self.projector.step(built.name)
            if stepped.done and (switched := self.projections.switch(self.now())):
                telemetry.info(
                    "other figures are shown", consumer=switched.name, differences=switched.differences
                )
                telemetry.count("FiguresDiffered", switched.differences or 0)
            if not stepped.read:
                return

    def _begin_anew(self, before: int) -> None:
        name = ConsumerName(f"rules-{RULES}-{before}")
        telemetry.warning("the rules of counting changed: every figure is made anew", consumer=name)
        self.projections.begin(name, RULES, self.now())


def _in(known: Sequence[Consumer], state: str) -> Consumer | None:
    return next((one for one in known if one.state == state), None)
