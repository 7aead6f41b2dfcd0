"""Refunds without the gateway: quotes, decisions, and the start of the workflow."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from payments import policies
from payments.adapters.postgres.refunds import PostgresRefunds
from payments.adapters.progress import UnknownProgress
from payments.adapters.refund_workflow import RefundMachine
from payments.bootstrap import orders
from payments.bootstrap.stores import database, ledger
from payments.service.access import Access
from payments.service.disputing import Disputing
from payments.service.refunding.deciding import Deciding
from payments.service.refunding.driving import Driving
from payments.service.refunding.following import Following
from payments.service.refunding.quoting import Quoting


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """``refund_machine`` is the state machine's ARN."""

    refund_machine: str


@cache
def refunds() -> PostgresRefunds:
    """Return the refunds."""
    return PostgresRefunds(database(), orders.own().relay_function or None)


@cache
def quoting() -> Quoting:
    """Return what quotes."""
    return Quoting(orders.payments(), refunds(), ledger(), UnknownProgress(), policies.load())


@cache
def deciding() -> Deciding:
    """Return what takes requests and decisions."""
    return Deciding(refunds(), quoting(), orders.due(), orders.payments().together)


@cache
def access() -> Access:
    """Return what takes and gives back what was bought."""
    return Access(orders.payments(), refunds(), orders.entitlements(), orders.entitling())


@cache
def driving() -> Driving:
    """Return what starts the workflow, and starts it again."""
    machine = RefundMachine(settings.load(MachineSettings).refund_machine)
    return Driving(refunds(), machine, orders.due())


@cache
def following() -> Following:
    """Return what follows the gateway's refunds."""
    return Following(
        orders.payments(),
        refunds(),
        orders.entitlements(),
        orders.capturing(),
        policies.load(),
        orders.due(),
    )


@cache
def disputing() -> Disputing:
    """Return what follows disputes."""
    return Disputing(orders.payments(), refunds(), ledger(), access(), orders.due())
