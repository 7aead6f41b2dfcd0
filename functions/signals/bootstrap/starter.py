"""The publication workflow from outside: its start, its recovery, the person's decision."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from kit import settings
from signals.adapters.aws import StateMachine
from signals.bootstrap import stores
from signals.service.approval import Approval
from signals.service.freshness import Freshness
from signals.service.recovery import Recovery


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """``patience_s`` is how long an unfinished publication is left alone before it is driven again."""

    publication_machine: str
    patience_s: int = 120


@cache
def approval() -> Approval:
    """Return the person's side."""
    machine = StateMachine(settings.load(MachineSettings).publication_machine)
    freshness = Freshness(stores.candles(), stores.reference())  # asked where a person decides: never here
    return Approval(stores.book(), machine, stores.signers(), stores.rules(), freshness)


@cache
def recovery() -> Recovery:
    """Return start and recovery."""
    found = settings.load(MachineSettings)
    machine = StateMachine(found.publication_machine)
    patience = timedelta(seconds=found.patience_s)
    return Recovery(stores.book(), stores.revisions(), machine, approval(), patience)
