"""Feedback and subscriptions in PostgreSQL."""

from typing import Any, Final, LiteralString

from kit import outbox
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from signals.errors import SubscriptionsChanged
from signals.model.feedback import Feedback, FeedbackSummary
from signals.model.signal import SignalId
from signals.model.subscription import Subscriptions

_GIVE: Final[LiteralString] = """
INSERT INTO feedback (signal_id, subject, action, rating, comment, given_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (signal_id, subject) DO UPDATE SET
    action = EXCLUDED.action, rating = EXCLUDED.rating, comment = EXCLUDED.comment,
    given_at = EXCLUDED.given_at
"""
_GIVEN: Final[LiteralString] = """
SELECT signal_id::text, subject, action, rating, comment, given_at FROM feedback
WHERE signal_id = %s AND subject = %s
"""
_SUMMARY: Final[LiteralString] = """
SELECT count(*) FILTER (WHERE action = 'followed'), count(*) FILTER (WHERE action = 'ignored'),
       count(*) FILTER (WHERE rating = 1), count(*) FILTER (WHERE rating = 2),
       count(*) FILTER (WHERE rating = 3), count(*) FILTER (WHERE rating = 4),
       count(*) FILTER (WHERE rating = 5),
       ARRAY(SELECT comment FROM feedback WHERE signal_id = %(id)s AND comment <> ''
             ORDER BY given_at DESC, subject LIMIT %(comments)s)
FROM feedback WHERE signal_id = %(id)s
"""
_CHOSEN: Final[LiteralString] = """
SELECT subject, symbols, strategies, version, changed_at FROM subscriptions WHERE subject = %s
"""
_REPLACE: Final[LiteralString] = f"""
WITH changed AS (
    INSERT INTO subscriptions AS known (subject, symbols, strategies, version, changed_at)
    SELECT %(subject)s, %(symbols)s::text[], %(strategies)s::text[], %(version)s::integer, %(changed_at)s
    WHERE %(version)s = 1 OR EXISTS (SELECT 1 FROM subscriptions WHERE subject = %(subject)s)
    ON CONFLICT (subject) DO UPDATE SET symbols = EXCLUDED.symbols, strategies = EXCLUDED.strategies,
        version = EXCLUDED.version, changed_at = EXCLUDED.changed_at
    WHERE known.version = EXCLUDED.version - 1
    RETURNING subject
), {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""


class PostgresFeedbackBook:
    """Words of readers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def give(self, feedback: Feedback) -> None:
        """Insert or replace."""
        one = feedback
        self._db.run(_GIVE, (one.signal_id, one.subject, one.action, one.rating, one.comment, one.given_at))

    def find(self, signal_id: SignalId, subject: str) -> Feedback | None:
        """Return one."""
        row = self._db.one(_GIVEN, (signal_id, subject))
        return Feedback(SignalId(row[0]), *row[1:]) if row else None

    def summary(self, signal_id: SignalId, comments: int) -> FeedbackSummary:
        """Count in the database."""
        row = self._db.one(_SUMMARY, {"id": signal_id, "comments": comments})
        assert row is not None, "an aggregate has one row"
        return FeedbackSummary(row[0], row[1], (row[2], row[3], row[4], row[5], row[6]), tuple(row[7]))


class PostgresSubscriptionBook:
    """Choices of people; ``relay`` publishes the events after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def find(self, subject: str) -> Subscriptions:
        """Return the choice."""
        row = self._db.one(_CHOSEN, (subject,))
        return (
            Subscriptions(row[0], tuple(row[1]), tuple(row[2]), *row[3:]) if row else Subscriptions(subject)
        )

    def replace(self, chosen: Subscriptions, event: Event[Any]) -> None:
        """Compare and set, with the event, in one round trip."""
        params = {
            "subject": chosen.subject,
            "symbols": list(chosen.symbols),
            "strategies": list(chosen.strategies),
            "version": chosen.version,
            "changed_at": chosen.changed_at,
        }
        row = self._db.one(_REPLACE, params | outbox.params(event))
        if row is None or row[0] != 1:
            raise SubscriptionsChanged
        self._outbox.wake(event)
