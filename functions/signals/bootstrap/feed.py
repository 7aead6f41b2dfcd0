"""The feed: a recorded tape to Kafka."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kit import settings
from kit.kafka.producer import Producer
from signals.adapters.files import RecordedTape
from signals.adapters.kafka import KafkaMarketData
from signals.adapters.postgres import PostgresTapePositions
from signals.bootstrap import stores
from signals.service.feeding import Feeding


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """``tape_path`` is the folder of ``<tape>.csv.gz`` files, ``tape`` the one played when none is named."""

    kafka_brokers: str
    tape_path: str
    tape: str = "us-equities-1d"


@cache
def chosen() -> FeedSettings:
    """Return the settings."""
    return settings.load(FeedSettings)


@cache
def _market_data() -> KafkaMarketData:
    return KafkaMarketData(Producer(chosen().kafka_brokers))


@cache
def feeding(tape: str) -> Feeding:
    """Return the use case for one tape."""
    return Feeding(
        feed=RecordedTape(Path(chosen().tape_path) / f"{tape}.csv.gz", stores.reference()),
        positions=PostgresTapePositions(stores.database()),
        market=_market_data(),
        reference=stores.reference(),
        policies=stores.rules(),
        ledger=stores.ledger(),
    )
