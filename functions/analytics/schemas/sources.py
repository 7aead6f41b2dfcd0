"""The way from a figure to its events, and how fresh figures are."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.http import View


class SourceView(View):
    """An event and what it adds to ``measure``; ``entry`` is its place in the event store."""

    event_id: UUID
    measure: str
    day: date
    label: str
    amount: int
    entry: str


class ConsumerView(View):
    """One making of the figures. Everything recorded by ``caught_up_at`` is in; ``progress`` from 0 to 1.

    ``differences``: totals that the one before had otherwise when it was switched to; null: not comparable.
    """

    name: str
    state: Literal["active", "building"]
    rules: int
    started_at: datetime
    caught_up_at: datetime | None
    switched_at: datetime | None
    lag_s: float | None
    events: int
    behind: int
    progress: float
    facts: int
    unread: int
    differences: int | None


class FreshnessView(View):
    """The consumer that is shown, and the one that is being built, if any."""

    consumers: tuple[ConsumerView, ...]
