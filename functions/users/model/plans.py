"""Which plan somebody has: what was granted, what is paid, and the larger of the two that has not ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kit.identity import PLANS, Plan

Source = Literal["none", "granted", "paid"]


@dataclass(frozen=True, slots=True)
class Term:
    """A plan until an instant, which is not part of it; None: nothing ends it."""

    plan: Plan = "free"
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it gives more than nothing at ``now``."""
        return self.plan != "free" and (self.until is None or self.until > now)


NO_TERM = Term()


@dataclass(frozen=True, slots=True)
class Entitled:
    """The plan that holds, until when (None: nothing ends it), and where it comes from."""

    plan: Plan
    until: datetime | None
    source: Source


def larger(granted: Term, paid: Term, now: datetime) -> Entitled:
    """Return what holds at ``now``: the larger plan that has not ended; of two alike, the longer one."""
    held: tuple[tuple[Term, Source], ...] = ((granted, "granted"), (paid, "paid"))
    found = [(term, source) for term, source in held if term.holds(now)]
    if not found:
        return Entitled("free", None, "none")
    term, source = max(found, key=lambda one: _worth(one[0], now))
    return Entitled(term.plan, term.until, source)


def _worth(term: Term, now: datetime) -> tuple[int, bool, datetime]:
    return PLANS.index(term.plan), term.until is None, term.until or now
