"""The ports on PostgreSQL, in the schema ``signals``: the only SQL of the domain."""

from signals.adapters.postgres.commitments import PostgresCommitmentLog
from signals.adapters.postgres.market import PostgresCandleStore, PostgresTapePositions
from signals.adapters.postgres.quality import PostgresQualityLedger
from signals.adapters.postgres.revisions import PostgresRevisionBook, PostgresSigners
from signals.adapters.postgres.signals import PostgresSignalBook
from signals.adapters.postgres.track import PostgresTrackRecord

__all__ = [
    "PostgresCandleStore",
    "PostgresCommitmentLog",
    "PostgresQualityLedger",
    "PostgresRevisionBook",
    "PostgresSignalBook",
    "PostgresSigners",
    "PostgresTapePositions",
    "PostgresTrackRecord",
]
