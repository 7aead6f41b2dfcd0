"""What readers tell us: their word on a signal, and what they want to hear of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock, events
from kit.events.reader_events import ReaderSignalsChosen
from signals.errors import FeedbackNotFound, SubscriptionsChanged
from signals.model.access import Access
from signals.model.feedback import Action, Feedback, FeedbackSummary
from signals.model.signal import SignalId
from signals.model.subscription import Subscriptions
from signals.ports import FeedbackBook, SubscriptionBook
from signals.service.reading import Reading

COMMENTS = 20


@dataclass(frozen=True, slots=True)
class Opinions:
    """Feedback on signals that the reader may see; what they may not see is as if it were not there."""

    feedback: FeedbackBook
    reading: Reading
    now: Callable[[], datetime] = clock.now

    def give(
        self,
        access: Access,
        signal_id: SignalId,
        *,
        by: str,
        action: Action,
        rating: int | None,
        comment: str,
    ) -> Feedback:
        """Keep the reader's word in place of an earlier one. Raises ``SignalNotFound``.

        The same word again keeps its first time, so that a retry changes nothing.
        """
        self.reading.signal(access, signal_id)
        word = Feedback(signal_id, by, action, rating, comment, self.now())
        known = self.feedback.find(signal_id, by)
        if known is not None and replace(known, given_at=word.given_at) == word:
            return known
        self.feedback.give(word)
        return word

    def own(self, access: Access, signal_id: SignalId, by: str) -> Feedback:
        """Return the reader's own word. Raises ``SignalNotFound``, :class:`FeedbackNotFound`."""
        self.reading.signal(access, signal_id)
        found = self.feedback.find(signal_id, by)
        if found is None:
            raise FeedbackNotFound
        return found

    def summary(self, access: Access, signal_id: SignalId) -> FeedbackSummary:
        """Return everybody's words together, the newest comments without names. Raises ``SignalNotFound``."""
        self.reading.signal(access, signal_id)
        return self.feedback.summary(signal_id, COMMENTS)


@dataclass(frozen=True, slots=True)
class Choosing:
    """The instruments and strategies a person wants to hear of; nobody names another's."""

    subscriptions: SubscriptionBook
    now: Callable[[], datetime] = clock.now

    def chosen(self, subject: str) -> Subscriptions:
        """Return the choice."""
        return self.subscriptions.find(subject)

    def choose(
        self, subject: str, symbols: Iterable[str], strategies: Iterable[str], version: int
    ) -> Subscriptions:
        """Replace the whole choice of ``version``, sorted. Raises :class:`SubscriptionsChanged`."""
        known = self.subscriptions.find(subject)
        if known.version != version:
            raise SubscriptionsChanged
        made = Subscriptions(
            subject, tuple(sorted(set(symbols))), tuple(sorted(set(strategies))), version + 1, self.now()
        )
        fact = ReaderSignalsChosen(
            user_id=subject, symbols=made.symbols, strategies=made.strategies, chosen_at=self.now()
        )
        self.subscriptions.replace(made, events.new(fact, subject=subject, version=made.version))
        return made

    def clear(self, subject: str) -> Subscriptions:
        """Choose nothing; a choice already empty stays as it is."""
        known = self.subscriptions.find(subject)
        if not known.symbols and not known.strategies:
            return known
        return self.choose(subject, (), (), known.version)
