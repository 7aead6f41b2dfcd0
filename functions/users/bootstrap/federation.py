"""Sign-in by a provider of identities: loaded with the first request that is about one."""

from dataclasses import dataclass
from functools import cache

from kit import secrets, settings
from users.adapters.oidc import OidcProvider
from users.adapters.oidc.provider import Client
from users.adapters.postgres import PostgresIdentities, PostgresSpentProofs
from users.adapters.randomness import SystemChance
from users.bootstrap import api, credentials, stores
from users.errors import FederationOff
from users.service.federated_sign_in import FederatedSignIn
from users.service.id_tokens import IdTokens
from users.service.identities import IdentityKeeping, Linking
from users.service.sign_in_requests import SignInRequests


@dataclass(frozen=True, slots=True)
class FederationSettings:
    """``OIDC_ISSUER`` names the provider, empty: there is none; ``OIDC_CLIENT_ID`` names us there.

    ``OIDC_APP_IDS`` are the clients whose ID tokens are exchanged, ``OIDC_REDIRECT_URI`` is the client's page
    that the provider returns to. The secret ``oidc`` has our ``client_secret``.
    """

    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_redirect_uri: str = ""
    oidc_app_ids: tuple[str, ...] = ()


@cache
def sign_in() -> FederatedSignIn:
    """Return the use case of signing in. Raises ``FederationOff`` where no provider is set up."""
    requests = SignInRequests(_provider(), _spent(), credentials.digests(), SystemChance())
    return FederatedSignIn(_provider(), requests, tokens(), _linking(), api.sign_in())


@cache
def tokens() -> IdTokens:
    """Return the judge of ID tokens. Raises ``FederationOff``."""
    found = _own()
    return IdTokens(_provider(), found.oidc_client_id, found.oidc_app_ids, _spent(), credentials.digests())


@cache
def identities() -> IdentityKeeping:
    """Return what owners do with their identities, also where no provider is set up any more."""
    return IdentityKeeping(stores.accounts(), _identities(), _linking(), credentials.notices())


@cache
def _linking() -> Linking:
    return Linking(stores.accounts(), _identities(), api.sign_in().confirming.check, credentials.notices())


@cache
def _identities() -> PostgresIdentities:
    return PostgresIdentities(stores.database(), stores.outbox(), stores.accounts())


@cache
def _spent() -> PostgresSpentProofs:
    return PostgresSpentProofs(stores.database())


@cache
def _provider() -> OidcProvider:
    found = _own()
    if not found.oidc_issuer:
        raise FederationOff
    name = f"treum/{stores.own().stage}/oidc"
    client = Client(found.oidc_client_id, lambda: secrets.get(name)["client_secret"], found.oidc_redirect_uri)
    return OidcProvider(found.oidc_issuer, client)


@cache
def _own() -> FederationSettings:
    return settings.load(FederationSettings)
