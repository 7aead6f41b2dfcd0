"""Give a ticket for one socket, and take it."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from kit.errors import Unauthenticated
from kit.identity import Caller
from realtime.ports import Plans, Tickets


def give_ticket(
    caller: Caller, tickets: Tickets, plans: Plans, secret: Callable[[], str], now: datetime
) -> str:
    """Return a new ticket for ``caller``, with the plan that events told of rather than the token's."""
    plan = plans.plan_of(caller.subject, caller.plan, now)
    ticket = secret()
    # A token made right after a change is stamped with the next second; so is what it opens, or the mark of
    # that change would refuse it.
    tickets.keep(ticket, replace(caller, plan=plan, limit=None), max(now.timestamp(), caller.issued_at))
    return ticket


def take_ticket(ticket: str, tickets: Tickets) -> tuple[Caller, float]:
    """Return who the ticket stands for and when it was given. Raises ``Unauthenticated`` the second time."""
    found = tickets.take(ticket) if ticket else None
    if found is None:
        raise Unauthenticated("the ticket is unknown, was used, or is older than 30 seconds")
    return found
