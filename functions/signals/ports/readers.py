"""Ports of what readers leave behind: feedback and subscriptions."""

from typing import Any, Protocol

from kit.events import Event
from signals.model.feedback import Feedback, FeedbackSummary
from signals.model.signal import SignalId
from signals.model.subscription import Subscriptions


class FeedbackBook(Protocol):
    """One word a reader and signal."""

    def give(self, feedback: Feedback) -> None:
        """Keep ``feedback`` in place of an earlier one."""

    def find(self, signal_id: SignalId, subject: str) -> Feedback | None:
        """Return one reader's word."""

    def summary(self, signal_id: SignalId, comments: int) -> FeedbackSummary:
        """Return all words together, with the newest ``comments`` that are not empty."""


class SubscriptionBook(Protocol):
    """One choice a person."""

    def find(self, subject: str) -> Subscriptions:
        """Return the choice, an empty one of version 0 where none was made."""

    def replace(self, chosen: Subscriptions, event: Event[Any]) -> None:
        """Replace version ``chosen.version - 1``. Raises ``SubscriptionsChanged`` where another is newest."""
