"""Feedback and subscriptions."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from kit.http import Body, View
from signals.model.feedback import Action
from signals.model.subscription import MOST_STRATEGIES, MOST_SYMBOLS
from signals.schemas.listing import Name
from signals.schemas.signals import Symbol


class FeedbackIn(Body):
    """What a reader did with a signal and thought of it."""

    action: Action
    rating: int | None = Field(default=None, ge=1, le=5)
    comment: str = Field(default="", max_length=1000)


class FeedbackView(View):
    """One's own word."""

    signal_id: str
    action: Action
    rating: int | None
    comment: str
    given_at: datetime


class FeedbackSummaryView(View):
    """Everybody's words; ``ratings`` counts one to five stars, ``comments`` are the newest, without names."""

    followed: int
    ignored: int
    ratings: tuple[int, ...]
    average_rating: float | None
    comments: tuple[str, ...]


class SubscriptionsIn(Body):
    """The whole choice."""

    symbols: Annotated[tuple[Symbol, ...], Field(max_length=MOST_SYMBOLS)] = ()
    strategies: Annotated[tuple[Name, ...], Field(max_length=MOST_STRATEGIES)] = ()


class SubscriptionsView(View):
    """What one chose; a signal is of it by its instrument or by its strategy."""

    symbols: tuple[str, ...]
    strategies: tuple[str, ...]
    version: int
    changed_at: datetime | None
