"""Which function answers which method and path."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from local.stripe import (
    catalogue,
    changes,
    charges,
    checkout,
    customers,
    disputes,
    invoices,
    payments,
    refunds,
    subscriptions,
)
from local.stripe.errors import StripeRefusal
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

Act: TypeAlias = Callable[..., Body]


def _event(world: World, params: Params, event: str) -> Body:
    params.done()
    return world.find(event, "evt", "id")


def _events(world: World, params: Params) -> Body:
    kind = params.text("type")
    found = [each for each in world.records.newest("event") if kind in (None, each["type"])]
    page = world.listed(params, found, "/v1/events")
    params.done()
    return page


_TABLE: tuple[tuple[str, str, Act], ...] = (
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers", customers.listed),
    ("POST", "/v1/customers/{}", customers.update),
    ("GET", "/v1/customers/{}", customers.retrieve),
    ("GET", "/v1/customers/{}/payment_methods", customers.methods),
    ("POST", "/v1/payment_methods/{}/attach", customers.attach),
    ("POST", "/v1/products", catalogue.create_product),
    ("GET", "/v1/products/{}", catalogue.retrieve_product),
    ("POST", "/v1/prices", catalogue.create_price),
    ("GET", "/v1/prices", catalogue.list_prices),
    ("POST", "/v1/prices/{}", catalogue.update_price),
    ("GET", "/v1/prices/{}", catalogue.retrieve_price),
    ("POST", "/v1/checkout/sessions", checkout.create),
    ("GET", "/v1/checkout/sessions", checkout.listed),
    ("GET", "/v1/checkout/sessions/{}", checkout.retrieve),
    ("POST", "/v1/checkout/sessions/{}/expire", checkout.expire),
    ("POST", "/v1/payment_intents", payments.create),
    ("GET", "/v1/payment_intents", payments.listed),
    ("GET", "/v1/payment_intents/{}", payments.retrieve),
    ("POST", "/v1/payment_intents/{}/confirm", payments.confirm),
    ("POST", "/v1/payment_intents/{}/capture", payments.capture),
    ("POST", "/v1/payment_intents/{}/cancel", payments.cancel),
    ("GET", "/v1/charges", charges.listed),
    ("GET", "/v1/charges/{}", charges.retrieve),
    ("GET", "/v1/balance_transactions", charges.transactions),
    ("GET", "/v1/balance", charges.balance),
    ("GET", "/v1/disputes", disputes.listed),
    ("GET", "/v1/disputes/{}", disputes.retrieve),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.listed),
    ("GET", "/v1/refunds/{}", refunds.retrieve),
    ("GET", "/v1/subscriptions", subscriptions.listed),
    ("GET", "/v1/subscriptions/{}", subscriptions.retrieve),
    ("POST", "/v1/subscriptions/{}", changes.update),
    ("DELETE", "/v1/subscriptions/{}", subscriptions.cancel),
    ("GET", "/v1/invoices", invoices.listed),
    ("POST", "/v1/invoices/create_preview", changes.preview),
    ("GET", "/v1/invoices/{}", invoices.retrieve),
    ("POST", "/v1/invoices/{}/pay", invoices.pay),
    ("POST", "/v1/invoices/{}/void", invoices.void),
    ("GET", "/v1/events", _events),
    ("GET", "/v1/events/{}", _event),
)
_COMPILED: Final = tuple(
    (method, re.compile(path.replace("{}", r"([A-Za-z0-9_.-]{1,255})")), act) for method, path, act in _TABLE
)


def find(method: str, path: str) -> tuple[Act, tuple[str, ...]]:
    """Return what answers, and the ids in the path. Raises the 404 for what the stand-in does not speak."""
    for known, pattern, act in _COMPILED:
        fitting = pattern.fullmatch(path) if known == method else None
        if fitting is not None:
            return act, fitting.groups()
    message = f"Unrecognized request URL ({method}: {path[:100]}): this stand-in does not speak it."
    raise StripeRefusal(404, "invalid_request_error", message)
