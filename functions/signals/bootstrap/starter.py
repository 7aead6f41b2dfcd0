"""The start of a publication: the machine, and the database of the inbox; no store of candles, no policy."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from signals.adapters.aws import StateMachine
from signals.bootstrap import stores


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """The ARN of the workflow."""

    publication_machine: str


@cache
def machine() -> StateMachine:
    """Return the workflow from outside."""
    return StateMachine(settings.load(MachineSettings).publication_machine)


def wiring() -> None:
    """Make all that the first draft needs."""
    stores.database()
    machine()
