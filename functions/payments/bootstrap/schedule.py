"""The schedule: who does what is due."""

from functools import cache

from payments.bootstrap.dunning import dunning, noticing
from payments.bootstrap.orders import due, entitling
from payments.bootstrap.refund_tasks import ends
from payments.bootstrap.refunds import driving
from payments.bootstrap.stores import ledger
from payments.model.due import DueRow
from payments.model.ledger import PersonId
from payments.model.payment import SubscriptionId
from payments.service.upkeep import Upkeep


@cache
def upkeep() -> Upkeep:
    """Return what does the due rows."""
    return Upkeep(
        due(),
        {
            "entitlement.refresh": _refresh,
            "refund.drive": driving().again,
            "dispute.end": _end,
            "subscription.notice": noticing().notice,
            "subscription.retry": dunning().retry,
            "subscription.downgrade": dunning().downgrade,
        },
    )


def _refresh(row: DueRow) -> None:
    entitling().refresh(PersonId(row.subject))


def _end(row: DueRow) -> None:
    ends().end(SubscriptionId(row.subject), "disputed")


__all__ = ["ledger", "upkeep"]
