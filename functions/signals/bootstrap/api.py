"""The HTTP API: signals and proofs, the market's prices, and the approval of a person."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.stores.redis import Redis
from signals.adapters.aws import LockedBucket, StateMachine
from signals.adapters.postgres import PostgresCommitmentLog, PostgresTrackRecord
from signals.adapters.redis import RedisQuoteBoard
from signals.bootstrap import stores
from signals.service.approval import Approval
from signals.service.freshness import Freshness
from signals.service.grading import Grading
from signals.service.pricing import Pricing
from signals.service.reading import Reading


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What the API reaches beside the database."""

    commitment_bucket: str
    publication_machine: str
    redis_url: str
    redis_secret: str = ""


@cache
def _settings() -> ApiSettings:
    return settings.load(ApiSettings)


@cache
def reading() -> Reading:
    """Return the read side of signals."""
    book, db = stores.book(), stores.database()
    record = PostgresTrackRecord(db, book, PostgresCommitmentLog(db))
    return Reading(book, record, LockedBucket(_settings().commitment_bucket))


@cache
def pricing() -> Pricing:
    """Return the read side of the market; built apart, because InfluxDB's client is slow to import."""
    redis = Redis(_settings().redis_url, _settings().redis_secret or None)
    return Pricing(stores.candles(), RedisQuoteBoard(redis), stores.reference())


@cache
def grading() -> Grading:
    """Return the read side of data quality."""
    return Grading(stores.candles(), stores.ledger(), stores.reference())


@cache
def machine() -> StateMachine:
    """Return the publication workflow."""
    return StateMachine(_settings().publication_machine)


@cache
def approval() -> Approval:
    """Return the person's side of an approval; built apart, because InfluxDB's client is slow to import."""
    return Approval(
        book=stores.book(),
        workflow=machine(),
        signers=stores.signers(),
        policies=stores.rules(),
        freshness=Freshness(stores.candles(), stores.reference()),
        after=stores.database().on_commit,
    )
