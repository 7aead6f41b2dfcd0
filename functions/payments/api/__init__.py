"""Entry: HTTP. One module of routes a subject."""

from kit import warm
from kit.http import Api
from payments import bootstrap
from payments.api import (
    catalogue,
    checkouts,
    invoices,
    ledger,
    limits,
    payments,
    profile,
    reconciliation,
    refunds,
    subscriptions,
    wallet,
    webhooks,
)

_PARTS = (
    webhooks,
    catalogue,
    profile,
    limits,
    checkouts,
    subscriptions,
    payments,
    wallet,
    refunds,
    invoices,
    ledger,
    reconciliation,
)

routes = tuple(route for part in _PARTS for route in part.routes)
api = Api("payments", routes, lambda: bootstrap.stores.database())  # noqa: PLW0108 - loads the module when called
handler = api.handler
warm.ahead(lambda: bootstrap.api.door())  # noqa: PLW0108 - as above
