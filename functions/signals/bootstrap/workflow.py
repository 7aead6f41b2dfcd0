"""The publication workflow: its tasks, the person's decision, its start and its recovery."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from kit import settings
from kit.kafka.producer import Producer
from kit.relay import Relay
from signals.adapters.aws import LockedBucket, StateMachine
from signals.adapters.kafka import RelayAnnouncer
from signals.adapters.postgres import PostgresCommitmentLog
from signals.bootstrap import stores
from signals.service.approval import Approval
from signals.service.publication import Publication
from signals.service.recovery import Recovery


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """``commitment_bucket`` has Object Lock; ``commitment_days`` is how long a promise cannot be removed."""

    kafka_brokers: str
    commitment_bucket: str
    commitment_days: int = 2557  # seven years: the retention class of audit records


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """``patience_s`` is how long an unfinished publication is left alone before it is driven again."""

    publication_machine: str
    patience_s: int = 120


@cache
def publication() -> Publication:
    """Return the tasks' use cases."""
    found = settings.load(TaskSettings)
    return Publication(
        book=stores.book(),
        commitments=PostgresCommitmentLog(stores.database()),
        vault=LockedBucket(found.commitment_bucket),
        candles=stores.candles(),
        reference=stores.reference(),
        policies=stores.rules(),
        announcer=RelayAnnouncer(Relay(stores.database(), Producer(found.kafka_brokers))),
        retention=timedelta(days=found.commitment_days),
    )


@cache
def approval() -> Approval:
    """Return the person's side."""
    machine = StateMachine(settings.load(MachineSettings).publication_machine)
    return Approval(stores.book(), machine, stores.rules())


@cache
def recovery() -> Recovery:
    """Return start and recovery."""
    found = settings.load(MachineSettings)
    machine = StateMachine(found.publication_machine)
    return Recovery(stores.book(), machine, approval(), timedelta(seconds=found.patience_s))
