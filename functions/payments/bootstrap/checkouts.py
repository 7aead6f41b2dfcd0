"""What opens hosted pages; imports Stripe's package."""

from functools import cache

from kit.pages import home
from payments.bootstrap import gateway, orders, subscriptions
from payments.service.checking_out import CheckingOut, Paging


@cache
def checking_out() -> CheckingOut:
    """Return what opens pages."""
    paging = Paging(
        orders.payments(),
        orders.due(),
        orders.payments().together,
        gateway.payments(),
        subscriptions.customers(),
        orders.limiting(),
        home(),
    )
    return CheckingOut(orders.quoting(), orders.profiles(), paging, subscriptions.subscribing())
