"""The publication workflow's tasks: the only function beside feed and relay that opens Kafka."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from kit import settings
from kit.kafka.producer import Producer
from kit.relay import Relay
from signals.adapters.aws import LockedBucket
from signals.adapters.kafka import RelayAnnouncer
from signals.adapters.postgres import PostgresCommitmentLog, PostgresTrackRecord
from signals.bootstrap import stores
from signals.service.publication import Publication


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """``commitment_bucket`` has Object Lock; ``commitment_days`` is how long a promise cannot be removed."""

    kafka_brokers: str
    commitment_bucket: str
    commitment_days: int = 2557  # seven years: the retention class of audit records


@cache
def publication() -> Publication:
    """Return the tasks' use cases."""
    found = settings.load(TaskSettings)
    db, book = stores.database(), stores.book()
    commitments = PostgresCommitmentLog(db)
    return Publication(
        book=book,
        revisions=stores.revisions(),
        commitments=commitments,
        record=PostgresTrackRecord(db, book, commitments),
        vault=LockedBucket(found.commitment_bucket),
        candles=stores.candles(),
        reference=stores.reference(),
        policies=stores.rules(),
        announcer=RelayAnnouncer(Relay(db, Producer(found.kafka_brokers))),
        retention=timedelta(days=found.commitment_days),
    )
