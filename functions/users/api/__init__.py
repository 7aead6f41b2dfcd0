"""Entry: the HTTP API, one table made of the tables beside this file."""

from kit.http import Api
from users.api import (
    addresses,
    administration,
    consents,
    federation,
    identities,
    keys,
    passwords,
    profile,
    registration,
    second_factor,
    sessions,
    standing,
    step_up,
)

api = Api(
    "users",
    (
        *registration.routes,
        *sessions.routes,
        *federation.routes,
        *step_up.routes,
        *second_factor.routes,
        *passwords.routes,
        *profile.routes,
        *addresses.routes,
        *identities.routes,
        *consents.routes,
        *administration.routes,
        *standing.routes,
        *keys.routes,
    ),
)
handler = api.handler
