"""Questions to the figures: reports over a bounded range, the events behind them, and how fresh they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from analytics.errors import NoSuchFigure, RangeTooLong
from analytics.model import reports
from analytics.model.accuracy import Accuracy
from analytics.model.days import month_of, next_month
from analytics.model.figures import FIGURES, Key, Measure
from analytics.model.summary import Summary, summary_of
from analytics.ports import Answers, Consumer, EventsQuery, EventStore, Projections, SourceEvent, TotalsQuery
from analytics.ports.store import Head
from analytics.service.facts import TOPICS
from kit.errors import FieldError

LONGEST: Final = timedelta(days=731)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included. Raises :class:`RangeTooLong` past two years."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not timedelta() <= self.last - self.first <= LONGEST:
            raise RangeTooLong("", (FieldError("?from", "RANGE", RangeTooLong.title),))

    def days(self) -> list[date]:
        """Return each day."""
        return [self.first + _DAY * number for number in range((self.last - self.first).days + 1)]

    def months(self) -> "Span":
        """Return the whole months that it touches."""
        return Span(month_of(self.first), next_month(self.last) - _DAY)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far a consumer is: ``behind`` events of ``recorded`` are still to be read."""

    consumer: Consumer
    behind: int
    recorded: int


@dataclass(frozen=True, slots=True)
class Answering:
    """Reads; changes nothing."""

    answers: Answers

    def revenue(self, span: Span, line: str | None) -> list[reports.Revenue]:
        """Return revenue by day and product line."""
        return [*reports.revenue(self._totals(reports.REVENUE, span, "day", line))]

    def waterfall(self, span: Span) -> list[reports.Waterfall]:
        """Return monthly recurring revenue by month."""
        whole = span.months()
        totals = self._totals(reports.WATERFALL, whole, "month", before=True)
        return [*reports.waterfall(totals, whole.first, whole.last)]

    def subscriptions(self, span: Span) -> list[reports.Standing]:
        """Return the subscriptions of each plan at the end of each day."""
        totals = self._totals(reports.SUBSCRIPTIONS, span, "day", before=True)
        return [*reports.standings(totals, span.days())]

    def cohorts(self, span: Span) -> list[reports.Cohort]:
        """Return what of those who began to pay in each month still pays."""
        whole = span.months()
        totals = self._totals(reports.COHORTS, whole, "month")
        return [*reports.cohorts(totals, whole.first, whole.last)]

    def accuracy(self, span: Span, strategy: str | None) -> list[tuple[str, str, Accuracy]]:
        """Return what promises came to, by strategy and month of publication."""
        return [*reports.accuracies(self._totals(reports.ACCURACY, span.months(), "month", strategy))]

    def events_behind(
        self, figure: str, span: Span, label: str | None, after: Key | None, limit: int
    ) -> Sequence[SourceEvent]:
        """Return the events behind ``figure``. Raises :class:`NoSuchFigure`."""
        measures = FIGURES.get(figure)
        if measures is None:
            raise NoSuchFigure(f"Ask for one of {', '.join(FIGURES)}")
        return self.answers.events(EventsQuery(measures, span.first, span.last, limit, label, after))

    def summary(self, person: str) -> Summary:
        """Return what ``person`` did here."""
        return summary_of(self.answers.facts_of(person))

    def _totals(
        self,
        measures: tuple[Measure, ...],
        span: Span,
        by: Literal["day", "month"],
        label: str | None = None,
        *,
        before: bool = False,
    ) -> Sequence[reports.Total]:
        return self.answers.totals(TotalsQuery(measures, span.first, span.last, by, label, before))


def freshness(store: EventStore, projections: Projections) -> list[Freshness]:
    """Return how far every consumer is that is shown or built."""
    heads = [head for head in store.heads() if head.chain.topic in TOPICS]
    wanted = [one for one in projections.consumers() if one.state in {"active", "building"}]
    return [_of(one, heads, projections) for one in wanted]


def _of(consumer: Consumer, heads: Sequence[Head], projections: Projections) -> Freshness:
    positions = projections.positions(consumer.name)
    recorded = sum(head.length for head in heads)
    behind = sum(max(0, head.length - positions.get(head.chain, 0)) for head in heads)
    return Freshness(consumer, behind, recorded)
