"""Figures as they are shown: of the active consumer only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from analytics.model.facts import Fact
from analytics.model.figures import Contribution, Key, Measure
from analytics.model.reports import Total

SourceEvent = Contribution
"""One event behind a figure, with what it adds."""


@dataclass(frozen=True, slots=True)
class TotalsQuery:
    """Sums of ``measures`` from ``first`` to ``last``, of one ``label`` or all, by day or month.

    ``before``: also what they come to in all time before ``first``.
    """

    measures: tuple[Measure, ...]
    first: date
    last: date
    by: Literal["day", "month"]
    label: str | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class EventsQuery:
    """The events behind ``measures`` in order of their keys, past ``after``."""

    measures: tuple[Measure, ...]
    first: date
    last: date
    limit: int
    label: str | None = None
    after: Key | None = None


class Answers(Protocol):
    """Reading. Before the first event there is nothing, and every sum is 0."""

    def totals(self, query: TotalsQuery) -> Sequence[Total]:
        """Return the sums that are not 0; one answer is of one moment."""

    def events(self, query: EventsQuery) -> Sequence[SourceEvent]:
        """Return what adds to the measures."""

    def facts_of(self, subject: str) -> Sequence[Fact]:
        """Return the facts kept of a person or signal, in no particular order."""
