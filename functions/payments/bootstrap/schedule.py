"""The schedule: who does what is due."""

from functools import cache

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
from payments.model.due import DueRow
from payments.model.ledger import PersonId
from payments.model.payment import PaymentId, SubscriptionId
from payments.service.lapsing import Lapsing, LookingAgain
from payments.service.upkeep import Upkeep


@cache
def upkeep() -> Upkeep:
    """Return what does the due rows."""
    return Upkeep(
        due(),
        {
            "entitlement.refresh": _refresh,
            "invoice.issue": papers().drive,
            "refund.drive": driving().again,
            "dispute.end": _end,
            "payment.lapse": _lapse,
            "subscription.notice": noticing().notice,
            "subscription.retry": dunning().retry,
            "subscription.downgrade": dunning().downgrade,
        },
    )


def _refresh(row: DueRow) -> None:
    entitling().refresh(PersonId(row.subject))


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


__all__ = ["ledger", "papers", "reconciling", "upkeep"]
