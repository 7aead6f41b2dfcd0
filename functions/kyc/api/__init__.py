"""Entry: HTTP. What applicants do, and what reviewers do."""

from kit.http import Api
from kyc import bootstrap
from kyc.api import applications, review

routes = (*applications.routes, *review.routes)
api = Api("kyc", routes, lambda: bootstrap.stores.database())  # noqa: PLW0108 - loads the module when called
handler = api.handler
