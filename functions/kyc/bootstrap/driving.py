"""What starts the workflow, and starts it again."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kyc.adapters.workflow import KycMachine
from kyc.bootstrap import stores
from kyc.service.driving import Driving


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """``kyc_machine`` is the state machine's ARN."""

    kyc_machine: str


@cache
def driving() -> Driving:
    """Return it."""
    machine = KycMachine(settings.load(MachineSettings).kyc_machine)
    return Driving(stores.applications(), machine, stores.due())
