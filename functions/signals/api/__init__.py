"""Entry: the HTTP API, one table made of the tables beside this file."""

from kit.http import Api
from signals import bootstrap
from signals.api import (
    approval,
    history,
    indicators,
    life,
    market,
    performance,
    proofs,
    readers,
    research,
    signals,
    webhooks,
)

_PARTS = (
    signals,
    history,
    proofs,
    performance,
    readers,
    approval,
    indicators,
    life,
    market,
    webhooks,
    research,
)

api = Api(
    "signals",
    tuple(route for part in _PARTS for route in part.routes),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - looked up on first use, not at import
)
handler = api.handler
