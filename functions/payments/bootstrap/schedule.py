"""The schedule: who does what is due."""

from functools import cache

from payments.bootstrap.dunning import dunning, noticing
from payments.bootstrap.orders import due, entitling
from payments.bootstrap.stores import ledger
from payments.model.due import DueRow
from payments.model.ledger import PersonId
from payments.service.upkeep import Upkeep


@cache
def upkeep() -> Upkeep:
    """Return what does the due rows."""
    return Upkeep(
        due(),
        {
            "entitlement.refresh": _refresh,
            "subscription.notice": noticing().notice,
            "subscription.retry": dunning().retry,
            "subscription.downgrade": dunning().downgrade,
        },
    )


def _refresh(row: DueRow) -> None:
    entitling().refresh(PersonId(row.subject))


__all__ = ["ledger", "upkeep"]
