"""What subscribes: stores over the one connection, the gateway, and what follows from both."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from payments.adapters.postgres.subscriptions import PostgresPriceNames, PostgresSubscriptions
from payments.bootstrap import gateway, orders
from payments.bootstrap.stores import database
from payments.service.subscriptions.beginning import Pages, Pricing, Subscribing


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The first of ``ALLOWED_ORIGINS`` is where hosted pages lead back to."""

    allowed_origins: tuple[str, ...] = ("https://app.example",)


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
def subscribing() -> Subscribing:
    """Return what begins subscriptions."""
    home = settings.load(WebSettings).allowed_origins[0]
    return Subscribing(
        subscriptions(),
        orders.profiles(),
        gateway.payments(),
        gateway.subscriptions(),
        Pricing(gateway.subscriptions(), names()),
        orders.own().seller_state,
        f"{home}/subscriptions?begun=1",
        f"{home}/plans",
    )
