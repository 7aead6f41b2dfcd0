"""Entry: the HTTP API, one table made of the tables beside this file."""

from kit.http import Api
from partners import bootstrap
from partners.api import applications, deliveries, endpoints, keys, usage

api = Api(
    "partners",
    (
        *applications.routes,
        *keys.routes,
        *usage.routes,
        *endpoints.routes,
        *deliveries.routes,
    ),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - loads the module when called
)
handler = api.handler
