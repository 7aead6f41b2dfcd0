"""Entry: HTTP. One module of routes a subject."""

from kit.http import Api
from payments import bootstrap
from payments.api import webhooks

api = Api("payments", webhooks.routes, lambda: bootstrap.stores.database())  # noqa: PLW0108 - loads the module when called
handler = api.handler
