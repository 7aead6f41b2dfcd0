"""The public keys that vouch for our tokens."""

import json

from kit.http import PUBLIC, Reply, Request, Routes
from users import bootstrap
from users.schemas import JwksView

routes = Routes()
_CACHED = ("Cache-Control", "public, max-age=300")


@routes.get(
    "/.well-known/jwks.json",
    summary="The public keys of our access tokens",
    reply=JwksView,
    access=PUBLIC,
)
def jwks(_request: Request) -> Reply:
    """Publish our keys."""
    return Reply(json.loads(bootstrap.api.published_keys().document()), headers=(_CACHED,))
