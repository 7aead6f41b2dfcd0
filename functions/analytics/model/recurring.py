"""Monthly recurring revenue and its people: who came, grew, shrank, left and came back.

People are counted, not subscriptions: one who replaces a subscription by another did not leave. The five
movements are those that ChartMogul's documentation names (*MRR movements*); the README gives ours exactly.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from analytics.model.days import day_of, month_of, name_of
from analytics.model.facts import Subscribed
from analytics.model.figures import Contribution, Key, Measure
from analytics.model.subscription import Moment, moments

_PEOPLE: Final[dict[Measure, Measure]] = {
    "mrr-new": "customers-new",
    "mrr-churn": "customers-churned",
    "mrr-reactivation": "customers-reactivated",
}


def contributions(facts: Iterable[Subscribed]) -> Iterator[Contribution]:
    """Yield what all subscriptions of one person add, in any order of ``facts``."""
    by_subscription: dict[str, list[Subscribed]] = {}
    for fact in facts:
        by_subscription.setdefault(fact.about, []).append(fact)
    lives = [moments(one) for one in by_subscription.values()]
    for life in lives:
        yield from _counted(life)
    # a life is in order of its versions, and sorting keeps that where instants are equal
    together = sorted(
        (moment for life in lives for moment in life), key=lambda one: (one.at, one.subscription)
    )
    yield from _waterfall(together)


def _counted(life: Iterable[Moment]) -> Iterator[Contribution]:
    for one in life:
        before, after = one.before.cells(), one.after.cells()
        for (measure, plan), amount in (
            *((cell, 1) for cell in after - before),
            *((cell, -1) for cell in before - after),
        ):
            yield Contribution(Key(measure, day_of(one.at), plan, one.event), amount)


def _waterfall(together: Iterable[Moment]) -> Iterator[Contribution]:
    """Net what one person did in one instant, and name it by what they brought before and after."""
    before, cohort = 0, ""
    for at, group in groupby(together, key=lambda one: one.at):
        changes = [one for one in group if one.delta]
        after = before + sum(one.delta for one in changes)
        if not changes or before == after == 0:
            continue
        day = day_of(at)
        measure = _named(before, after, known=bool(cohort))
        cohort = cohort or name_of(month_of(day))
        for one in changes:
            yield Contribution(Key(measure, day, "", one.event), one.delta)
            yield Contribution(Key("cohort-mrr", day, cohort, one.event), one.delta)
        if measure in _PEOPLE:
            yield Contribution(Key(_PEOPLE[measure], day, "", changes[0].event), 1)
            yield Contribution(Key("cohort-customers", day, cohort, changes[0].event), 1 if after else -1)
        before = after


def _named(before: int, after: int, *, known: bool) -> Measure:
    if not before:
        return "mrr-reactivation" if known else "mrr-new"
    if not after:
        return "mrr-churn"
    return "mrr-contraction" if after < before else "mrr-expansion"
