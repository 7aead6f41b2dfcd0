"""The schedule: who does what is due."""

from dataclasses import replace
from functools import cache

from kit import settings
from kit.due.upkeep import Upkeep
from kit.stores.postgres import Database, DatabaseSettings
from payments.adapters.postgres.ledger import PostgresLedger
from payments.bootstrap import gateway
from payments.bootstrap.dunning import dunning, noticing
from payments.bootstrap.fulfilment_starter import driving as papers
from payments.bootstrap.notices import states
from payments.bootstrap.orders import due, entitling, following, payments
from payments.bootstrap.reconciling import reconciling
from payments.bootstrap.refund_tasks import ends
from payments.bootstrap.refunds import driving
from payments.bootstrap.stores import ledger
from payments.bootstrap.worker import applying, read_back
from payments.model.due import DueKind, DueRow
from payments.model.ledger import PersonId
from payments.model.payment import PaymentId, SubscriptionId
from payments.service.lapsing import Lapsing, LookingAgain

_PATIENCE_S = 50.0  # less than the function's time


@cache
def patient_ledger() -> PostgresLedger:
    """Return the books on a connection of their own, whose answers may take long: all of them are read."""
    patient = replace(settings.load(DatabaseSettings), database_timeout_s=_PATIENCE_S)
    return PostgresLedger(Database(patient))


@cache
def upkeep() -> Upkeep[DueKind]:
    """Return what does the due rows; who does a kind is wired with its first row."""
    return Upkeep(
        due(),
        {
            "entitlement.refresh": _refresh,
            "invoice.issue": _paper,
            "refund.drive": _refund,
            "dispute.end": _end,
            "payment.lapse": _lapse,
            "subscription.notice": _notice,
            "subscription.retry": _retry,
            "subscription.downgrade": _downgrade,
        },
    )


def _refresh(row: DueRow) -> None:
    entitling().refresh(PersonId(row.subject))


def _paper(row: DueRow) -> None:
    papers().drive(row)


def _refund(row: DueRow) -> None:
    driving().again(row)


def _notice(row: DueRow) -> None:
    noticing().notice(row)


def _retry(row: DueRow) -> None:
    dunning().retry(row)


def _downgrade(row: DueRow) -> None:
    dunning().downgrade(row)


def _end(row: DueRow) -> None:
    ends().end(SubscriptionId(row.subject), "disputed")


def _lapse(row: DueRow) -> None:
    lapsing().lapse(PaymentId(row.subject))


@cache
def lapsing() -> Lapsing:
    """Return what gives payments up."""
    together = payments().together
    again = LookingAgain(read_back(), states(), applying(), together)
    return Lapsing(payments(), due(), gateway.payments(), following(), again.page, together)


__all__ = ["ledger", "papers", "patient_ledger", "reconciling", "upkeep"]
