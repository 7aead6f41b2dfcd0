"""What subscribes: stores over the one connection, the gateway, and what follows from both."""

from functools import cache

from kit.pages import home
from payments.adapters.postgres.subscriptions import PostgresPriceNames, PostgresSubscriptions
from payments.bootstrap import gateway, orders
from payments.bootstrap.notices import states
from payments.bootstrap.stores import database
from payments.service.applying import Applying
from payments.service.customers import Customers
from payments.service.notices import ReadBack
from payments.service.subscriptions.beginning import Pages, Pricing, Subscribing
from payments.service.subscriptions.changing import Changing
from payments.service.subscriptions.following import Following, Recording
from payments.service.subscriptions.looking import Looking


@cache
def subscriptions() -> PostgresSubscriptions:
    """Return the subscriptions."""
    return PostgresSubscriptions(database(), orders.own().relay_function or None)


@cache
def names() -> PostgresPriceNames:
    """Return the names of the gateway's prices."""
    return PostgresPriceNames(database())


@cache
def pages() -> Pages:
    """Return what follows hosted pages."""
    return Pages(subscriptions())


@cache
def recording() -> Recording:
    """Return what keeps changes."""
    return Recording(subscriptions(), orders.due(), orders.payments().together)


@cache
def following() -> Following:
    """Return what follows readings."""
    return Following(
        subscriptions(),
        names(),
        orders.offers(),
        orders.profiles(),
        orders.kyc(),
        orders.payments(),
        orders.entitlements(),
        orders.entitling(),
        orders.capturing(),
        recording(),
    )


@cache
def looking() -> Looking:
    """Return what looks after our own commands."""
    applying = Applying(subscriptions=(following().follow,))
    return Looking(ReadBack(gateway.reader()), states(), orders.payments().together, applying.apply)


@cache
def changing() -> Changing:
    """Return what changes, cancels and resumes."""
    pricing = Pricing(gateway.subscriptions(), names())
    return Changing(
        subscriptions(),
        orders.profiles(),
        gateway.subscriptions(),
        pricing,
        looking(),
        orders.offers(),
        orders.payments(),
        orders.limiting(),
        orders.payments().together,
    )


@cache
def customers() -> Customers:
    """Return what knows people by the gateway's names."""
    return Customers(orders.profiles(), gateway.payments())


@cache
def subscribing() -> Subscribing:
    """Return what begins subscriptions."""
    return Subscribing(
        subscriptions(),
        customers(),
        gateway.payments(),
        gateway.subscriptions(),
        Pricing(gateway.subscriptions(), names()),
        orders.limiting(),
        orders.payments().together,
        orders.own().seller_state,
        f"{home()}/subscriptions?begun=1",
        f"{home()}/plans",
    )
