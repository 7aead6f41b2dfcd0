"""The life of one subscription: what it brings at any moment, and where it is counted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from analytics.model.facts import Subscribed
from analytics.model.figures import EventId, Measure
from kit.identity import Plan

Status = Literal["none", "trialing", "active", "past_due", "ended"]
Cell = tuple[Measure, Plan]


@dataclass(frozen=True, slots=True)
class State:
    """``paid``: at least one period was. A trial brings nothing; a late payer counts until it is over."""

    status: Status = "none"
    plan: Plan = "free"
    monthly: int = 0
    paid: bool = False

    @property
    def mrr(self) -> int:
        """What it brings a month, in paise."""
        return self.monthly if self.paid and self.status in {"active", "past_due"} else 0

    def cells(self) -> set[Cell]:
        """Return where it is counted among the subscriptions."""
        if self.status in {"none", "ended"}:
            return set()
        found: set[Cell] = {("subscriptions-active" if self.paid else "subscriptions-trialing", self.plan)}
        if self.status == "past_due":
            found.add(("subscriptions-past-due", self.plan))
        return found


@dataclass(frozen=True, slots=True)
class Moment:
    """What one event did to a subscription."""

    at: datetime
    subscription: str
    event: EventId
    before: State
    after: State

    @property
    def delta(self) -> int:
        """By how much it changed what the subscription brings a month."""
        return self.after.mrr - self.before.mrr


def moments(facts: Iterable[Subscribed]) -> list[Moment]:
    """Return what the facts of one subscription did, in their order; its time never runs backwards."""
    found: list[Moment] = []
    state, at = State(), None
    for fact in sorted(facts, key=lambda one: one.order):
        at = fact.at if at is None else max(at, fact.at)
        after = _after(state, fact)
        found.append(Moment(at, fact.about, fact.event, state, after))
        state = after
    return found


def _after(state: State, fact: Subscribed) -> State:
    now = replace(state, plan=fact.plan, monthly=fact.monthly)
    if fact.step == "started":
        return replace(now, status="trialing" if fact.trial else "active", paid=not fact.trial)
    if fact.step in {"renewed", "recovered"}:
        return replace(now, status="active", paid=True)
    if fact.step == "ended" or state.status == "ended":  # what is over changes only by being paid again
        return replace(state, status="ended")
    return replace(now, status="past_due") if fact.step == "past_due" else now
