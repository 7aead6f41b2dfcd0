"""Feedback and subscriptions in memory."""

from typing import Any

from kit.events import Event
from signals.errors import SubscriptionsChanged
from signals.model.feedback import Feedback, FeedbackSummary
from signals.model.signal import SignalId
from signals.model.subscription import Subscriptions


class MemoryFeedbackBook:
    """Words of readers."""

    def __init__(self) -> None:
        self._given: dict[tuple[SignalId, str], Feedback] = {}

    def give(self, feedback: Feedback) -> None:
        """Replace."""
        self._given[feedback.signal_id, feedback.subject] = feedback

    def find(self, signal_id: SignalId, subject: str) -> Feedback | None:
        """Return one."""
        return self._given.get((signal_id, subject))

    def summary(self, signal_id: SignalId, comments: int) -> FeedbackSummary:
        """Count."""
        found = [one for one in self._given.values() if one.signal_id == signal_id]
        newest = sorted((one for one in found if one.comment), key=lambda one: one.subject)
        newest.sort(key=lambda one: one.given_at, reverse=True)
        one, two, three, four, five = (sum(word.rating == stars for word in found) for stars in range(1, 6))
        return FeedbackSummary(
            sum(word.action == "followed" for word in found),
            sum(word.action == "ignored" for word in found),
            (one, two, three, four, five),
            tuple(word.comment for word in newest[:comments]),
        )


class MemorySubscriptionBook:
    """Choices of people; ``events`` is what the outbox would hold."""

    def __init__(self) -> None:
        self.events: list[Event[Any]] = []
        self._kept: dict[str, Subscriptions] = {}

    def find(self, subject: str) -> Subscriptions:
        """Return the choice."""
        return self._kept.get(subject, Subscriptions(subject))

    def replace(self, chosen: Subscriptions, event: Event[Any]) -> None:
        """Compare and set."""
        if self.find(chosen.subject).version != chosen.version - 1:
            raise SubscriptionsChanged
        self._kept[chosen.subject] = chosen
        self.events.append(event)
