"""Entry: the HTTP API, one table made of the tables beside this file."""

from analytics import bootstrap
from analytics.api import me, money, signals, sources
from kit.http import Api

_PARTS = (me, money, signals, sources)

api = Api(
    "analytics",
    tuple(route for part in _PARTS for route in part.routes),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - looked up on first use, not at import
)
handler = api.handler
