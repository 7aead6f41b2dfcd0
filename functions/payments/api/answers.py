"""What several routes ask alike."""

from collections.abc import Callable

from kit.http import Rate, Request, demand_step_up
from payments.model.ledger import PersonId
from payments.model.payment import TRANSACTIONS_AN_HOUR

TRANSACTIONS = Rate(TRANSACTIONS_AN_HOUR, 3600, "transactions", strict=True)
"""One bucket for everything that takes money; without Redis nobody pays."""


def person(request: Request) -> PersonId:
    """Return the caller."""
    return PersonId(request.user.subject)


def confirm(request: Request) -> Callable[[int], None]:
    """Return what demands a second factor of the caller."""
    return lambda level: demand_step_up(request.user, level)
