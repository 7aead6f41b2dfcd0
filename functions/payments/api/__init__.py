"""Entry: HTTP. One module of routes a subject."""

from kit.http import Api
from payments import bootstrap
from payments.api import refunds, webhooks

_PARTS = (webhooks, refunds)

api = Api(
    "payments",
    tuple(route for part in _PARTS for route in part.routes),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - looked up on first use, not at import
)
handler = api.handler
