"""What readers did with a signal and thought of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from signals.model.signal import SignalId

Action = Literal["followed", "ignored"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's word on one signal; a later one replaces it. ``rating`` 1 to 5."""

    signal_id: SignalId
    subject: str
    action: Action
    rating: int | None
    comment: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """All readers' words on one signal, without their names; ``ratings`` counts 1 to 5 in order."""

    followed: int = 0
    ignored: int = 0
    ratings: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    comments: tuple[str, ...] = ()

    @property
    def average_rating(self) -> float | None:
        """The mean rating; None without any."""
        many = sum(self.ratings)
        return sum(stars * count for stars, count in enumerate(self.ratings, 1)) / many if many else None
