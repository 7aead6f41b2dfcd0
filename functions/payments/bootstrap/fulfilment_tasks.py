"""The tasks of the fulfilment workflow; imports reportlab and its font."""

from functools import cache

from payments.adapters.pdf import printed
from payments.bootstrap import orders
from payments.bootstrap.invoicing import invoicing
from payments.bootstrap.papers import notifier, papers, prints, store
from payments.service.fulfilment import Fulfilment


@cache
def fulfilment() -> Fulfilment:
    """Return what issues, prints and mails."""
    return Fulfilment(invoicing(), papers(), prints(), orders.profiles(), store(), printed, notifier())
