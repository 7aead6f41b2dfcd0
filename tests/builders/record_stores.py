"""Every port of the record on one store: memory, or PostgreSQL."""

from dataclasses import dataclass

from builders.record import Record
from builders.signals import World
from kit.stores.postgres import Database
from signals.adapters.memory.performance import MemoryPerformanceBook
from signals.adapters.memory.readers import MemoryFeedbackBook, MemorySubscriptionBook
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook, PostgresTrackRecord
from signals.adapters.postgres.performance import PostgresPerformanceBook
from signals.adapters.postgres.readers import PostgresFeedbackBook, PostgresSubscriptionBook
from signals.ports import (
    FeedbackBook,
    PerformanceBook,
    SubscriptionBook,
)
from signals.service.performance import FACTS


@dataclass
class Side:
    """One implementation of every port of the record."""

    record: Record
    performance: PerformanceBook
    feedback: FeedbackBook
    subscriptions: SubscriptionBook
    db: Database | None

    @property
    def world(self) -> World:
        return self.record.world


def side_over(db: Database | None) -> Side:
    """Return the ports on ``db``, in memory without one."""
    if db is None:
        return Side(Record(), MemoryPerformanceBook(), MemoryFeedbackBook(), MemorySubscriptionBook(), None)
    book, log = PostgresSignalBook(db, None), PostgresCommitmentLog(db)
    record = Record(World(book=book, commitments=log))
    record.track = PostgresTrackRecord(db, book, log)
    return Side(
        record,
        PostgresPerformanceBook(db, FACTS),
        PostgresFeedbackBook(db),
        PostgresSubscriptionBook(db, None),
        db,
    )
