"""Figures are sums of contributions: what one event adds to one measure, on one day, under one label.

Sums do not care in which order facts of different people arrive, and each keeps the ids of its events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NewType, get_args

EventId = NewType("EventId", str)
Measure = Literal[
    "revenue-net",
    "revenue-tax",
    "refunds-net",
    "refunds-tax",
    "chargebacks-net",
    "chargebacks-tax",
    "wallet-in",
    "wallet-out",
    "mrr-new",
    "mrr-expansion",
    "mrr-contraction",
    "mrr-churn",
    "mrr-reactivation",
    "customers-new",
    "customers-churned",
    "customers-reactivated",
    "subscriptions-active",
    "subscriptions-trialing",
    "subscriptions-past-due",
    "cohort-customers",
    "cohort-mrr",
    "signals-published",
    "signals-closed",
    "signals-won",
    "signals-lost",
    "signals-voided",
    "signals-recalled",
    "signals-r",
]
"""What is counted: paise, people, subscriptions, signals, or millionths of R. The README defines each."""

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
FIGURES: Final[Mapping[str, tuple[Measure, ...]]] = {
    **{measure: (measure,) for measure in MEASURES},
    "revenue": MEASURES[0:6],
    "wallet": MEASURES[6:8],
    "mrr": MEASURES[8:13],
    "customers": MEASURES[13:16],
    "subscriptions": MEASURES[16:19],
    "cohorts": MEASURES[19:21],
    "signals": MEASURES[21:28],
}
"""What can be drilled into: a measure, or all of a subject."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Where a contribution counts. ``label`` is a product line, plan, strategy or cohort; often empty."""

    measure: Measure
    day: date
    label: str
    event: EventId


@dataclass(frozen=True, slots=True)
class Contribution:
    """``amount`` is what ``key.event`` adds; never 0."""

    key: Key
    amount: int


@dataclass(frozen=True, slots=True)
class Change:
    """How contributions change by new facts: ``gone`` are replaced or taken back, ``new`` are added."""

    gone: tuple[Contribution, ...] = ()
    new: tuple[Contribution, ...] = ()

    def by_total(self) -> dict[tuple[Measure, date, str], int]:
        """Return by how much each day's total changes, without those that stay."""
        sums: dict[tuple[Measure, date, str], int] = {}
        signed = [*((one, -1) for one in self.gone), *((one, 1) for one in self.new)]
        for one, sign in signed:
            total = (one.key.measure, one.key.day, one.key.label)
            sums[total] = sums.get(total, 0) + sign * one.amount
        return {total: amount for total, amount in sums.items() if amount}


def merged(contributions: Iterable[Contribution]) -> dict[Key, int]:
    """Return what each key comes to, without those that come to nothing."""
    sums: dict[Key, int] = {}
    for one in contributions:
        sums[one.key] = sums.get(one.key, 0) + one.amount
    return {key: amount for key, amount in sums.items() if amount}


def changed(before: Mapping[Key, int], after: Mapping[Key, int]) -> Change:
    """Return how to come from ``before`` to ``after``."""
    gone = [key for key, amount in before.items() if after.get(key) != amount]
    new = [key for key, amount in after.items() if before.get(key) != amount]
    return Change(
        tuple(Contribution(key, before[key]) for key in gone),
        tuple(Contribution(key, after[key]) for key in new),
    )
