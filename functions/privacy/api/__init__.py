"""Entry: HTTP. What people ask for by right, and what compliance holds."""

from kit.http import Api
from privacy import bootstrap
from privacy.api import holds, requests

api = Api(
    "privacy",
    (*requests.routes, *holds.routes),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - loads the module when called
)
handler = api.handler
