"""Entry: the HTTP API, one table made of the tables beside this file."""

from kit.http import Api
from signals import bootstrap
from signals.api import approval, indicators, life, market, proofs, signals

api = Api(
    "signals",
    (*signals.routes, *proofs.routes, *approval.routes, *life.routes, *market.routes, *indicators.routes),
    lambda: bootstrap.stores.database(),  # noqa: PLW0108 - looked up on first use, not at import
)
handler = api.handler
