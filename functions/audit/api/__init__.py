"""Entry: the HTTP API, one table made of the tables beside this file."""

from audit import bootstrap
from audit.api import checkpoints, entries, exports
from kit.http import Api

api = Api(
    "audit",
    tuple(route for part in (entries, checkpoints, exports) for route in part.routes),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - looked up on first use, not at import
)
handler = api.handler
