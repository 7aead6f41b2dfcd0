"""Totals as reports: rows of days and months."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from analytics.model.accuracy import Accuracy
from analytics.model.days import months, name_of
from analytics.model.figures import Measure

REVENUE: Final[tuple[Measure, ...]] = (
    "revenue-net",
    "revenue-tax",
    "refunds-net",
    "refunds-tax",
    "chargebacks-net",
    "chargebacks-tax",
)
WATERFALL: Final[tuple[Measure, ...]] = (
    "mrr-new",
    "mrr-expansion",
    "mrr-contraction",
    "mrr-churn",
    "mrr-reactivation",
    "customers-new",
    "customers-churned",
    "customers-reactivated",
)
SUBSCRIPTIONS: Final[tuple[Measure, ...]] = (
    "subscriptions-active",
    "subscriptions-trialing",
    "subscriptions-past-due",
)
COHORTS: Final[tuple[Measure, ...]] = ("customers-new", "cohort-customers", "cohort-mrr")
ACCURACY: Final[tuple[Measure, ...]] = (
    "signals-published",
    "signals-closed",
    "signals-won",
    "signals-lost",
    "signals-voided",
    "signals-recalled",
    "signals-r",
)


@dataclass(frozen=True, slots=True)
class Total:
    """A measure under a label in a day or month; ``since`` None: in all time before the first."""

    since: date | None
    measure: Measure
    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Revenue:
    """A day of a product line. ``kept`` is what of the revenue stays ours."""

    day: date
    line: str
    net: int
    tax: int
    refunds: int
    refunds_tax: int
    chargebacks: int
    chargebacks_tax: int

    @property
    def kept(self) -> int:
        """Return revenue less what went back; the tax of a chargeback stays owed, so that is lost too."""
        return self.net - self.refunds - self.chargebacks - self.chargebacks_tax


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A month: opening and the five changes make closing; contraction and churn are negative."""

    month: str
    opening: int
    customers_opening: int
    new: int
    expansion: int
    contraction: int
    churn: int
    reactivation: int
    customers_new: int
    customers_churned: int
    customers_reactivated: int

    @property
    def closing(self) -> int:
        """Return what the last day of the month ends with."""
        changes = self.new + self.expansion + self.contraction + self.churn + self.reactivation
        return self.opening + changes

    @property
    def customers_closing(self) -> int:
        """Return how many pay at the end of the month."""
        return (
            self.customers_opening + self.customers_new + self.customers_reactivated - self.customers_churned
        )

    @property
    def customer_churn_rate(self) -> float | None:
        """Return the share of those who paid at the start and left; None when nobody did."""
        return self.customers_churned / self.customers_opening if self.customers_opening else None

    @property
    def net_revenue_retention(self) -> float | None:
        """Return what those who paid at the start bring at the end, as a share of what they brought."""
        kept = self.opening + self.expansion + self.contraction + self.churn
        return kept / self.opening if self.opening else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Subscriptions of a plan at the end of a day."""

    day: date
    plan: str
    active: int
    trialing: int
    past_due: int


@dataclass(frozen=True, slots=True)
class Retained:
    """What of a cohort pays at the end of the month that comes ``after`` months later."""

    after: int
    customers: int
    mrr: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who first paid in ``month``; ``size`` of them."""

    month: str
    size: int
    retained: tuple[Retained, ...]


def revenue(totals: Iterable[Total]) -> Iterator[Revenue]:
    """Yield a row for each day and line with any movement, in order."""
    rows: dict[tuple[date, str], dict[Measure, int]] = {}
    for one in totals:
        assert one.since is not None, "nothing from before was asked for"
        rows.setdefault((one.since, one.label), {})[one.measure] = one.amount
    for (day, line), row in sorted(rows.items()):
        yield Revenue(day, line, *(row.get(measure, 0) for measure in REVENUE))


def waterfall(totals: Iterable[Total], first: date, last: date) -> Iterator[Waterfall]:
    """Yield a row for each month from ``first`` to ``last``, from totals by month and from before."""
    rows = _by_month(totals)
    before = rows.get(None, {})
    opening = sum(amount for measure, amount in before.items() if measure.startswith("mrr-"))
    people = (
        before.get("customers-new", 0)
        + before.get("customers-reactivated", 0)
        - before.get("customers-churned", 0)
    )
    for month in months(first, last):
        changes = (rows.get(month, {}).get(measure, 0) for measure in WATERFALL)
        made = Waterfall(name_of(month), opening, people, *changes)
        yield made
        opening, people = made.closing, made.customers_closing


def standings(totals: Iterable[Total], days: Iterable[date]) -> Iterator[Standing]:
    """Yield a row for each of ``days`` and each plan that was ever counted until then."""
    known = list(totals)
    by_day: dict[date | None, list[Total]] = {}
    for one in known:
        by_day.setdefault(one.since, []).append(one)
    running: dict[str, dict[Measure, int]] = {}
    _add(running, by_day.get(None, ()))
    for day in days:
        _add(running, by_day.get(day, ()))
        for plan in sorted(running):
            yield Standing(day, plan, *(running[plan].get(measure, 0) for measure in SUBSCRIPTIONS))


def cohorts(totals: Iterable[Total], first: date, last: date) -> Iterator[Cohort]:
    """Yield the cohorts from ``first`` to ``last``, each with every month up to ``last``."""
    known = list(totals)
    sizes = {one.since: one.amount for one in known if one.measure == "customers-new"}
    rows = {(one.label, one.since, one.measure): one.amount for one in known}
    for cohort in months(first, last):
        retained, customers, mrr = [], 0, 0
        for after, month in enumerate(months(cohort, last)):
            customers += rows.get((name_of(cohort), month, "cohort-customers"), 0)
            mrr += rows.get((name_of(cohort), month, "cohort-mrr"), 0)
            retained.append(Retained(after, customers, mrr))
        if size := sizes.get(cohort, 0):
            yield Cohort(name_of(cohort), size, tuple(retained))


def accuracies(totals: Iterable[Total]) -> Iterator[tuple[str, str, Accuracy]]:
    """Yield (strategy, month, what its promises came to), in order."""
    rows: dict[tuple[str, date], dict[Measure, int]] = {}
    for one in totals:
        assert one.since is not None, "nothing from before was asked for"
        rows.setdefault((one.label, one.since), {})[one.measure] = one.amount
    for (strategy, month), row in sorted(rows.items()):
        yield strategy, name_of(month), Accuracy(*(row.get(measure, 0) for measure in ACCURACY))


def _by_month(totals: Iterable[Total]) -> Mapping[date | None, dict[Measure, int]]:
    rows: dict[date | None, dict[Measure, int]] = {}
    for one in totals:
        row = rows.setdefault(one.since, {})
        row[one.measure] = row.get(one.measure, 0) + one.amount
    return rows


def _add(running: dict[str, dict[Measure, int]], totals: Iterable[Total]) -> None:
    for one in totals:
        row = running.setdefault(one.label, {})
        row[one.measure] = row.get(one.measure, 0) + one.amount
