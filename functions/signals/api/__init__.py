"""Entry: the HTTP API, one table made of the tables beside this file."""

from kit.http import Api
from signals.api import approval, market, proofs, signals
from signals.bootstrap.stores import database

api = Api("signals", (*signals.routes, *proofs.routes, *approval.routes, *market.routes), database)
handler = api.handler
