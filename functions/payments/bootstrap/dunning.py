"""What tells of charges and tries again what was not paid."""

from functools import cache

from kit.pages import home
from payments.adapters.mail import MailNotifier
from payments.bootstrap import gateway, orders
from payments.bootstrap.stores import database
from payments.bootstrap.subscriptions import looking, recording, subscriptions
from payments.service.subscriptions.dunning import Dunning
from payments.service.subscriptions.noticing import Noticing


@cache
def notifier() -> MailNotifier:
    """Return what sends letters."""
    return MailNotifier(database())


@cache
def dunning() -> Dunning:
    """Return what tries again and ends."""
    return Dunning(
        subscriptions(),
        orders.profiles(),
        gateway.subscriptions(),
        looking(),
        recording(),
        notifier(),
        home(),
    )


@cache
def noticing() -> Noticing:
    """Return what tells of the next charge."""
    return Noticing(
        subscriptions(), orders.profiles(), gateway.subscriptions(), recording(), notifier(), home()
    )
