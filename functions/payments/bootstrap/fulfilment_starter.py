"""The start of the fulfilment workflow, by events and by the schedule."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from payments.adapters.papers_s3 import FulfilmentStateMachine
from payments.bootstrap import orders
from payments.bootstrap.papers import books, notifier, papers, prints
from payments.bootstrap.stores import database
from payments.ports.papers import PaperWorkflow
from payments.service.fulfilment import Driving


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """The ARN of the workflow."""

    fulfilment_machine: str


@cache
def machine() -> PaperWorkflow:
    """Return the workflow."""
    return FulfilmentStateMachine(settings.load(MachineSettings).fulfilment_machine)


@cache
def driving() -> Driving:
    """Return what starts it."""
    return Driving(machine(), papers(), books(), prints(), orders.profiles(), notifier(), orders.due())


__all__ = ["database", "driving"]
