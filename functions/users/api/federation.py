"""Signing in with an identity of a provider (OpenID Connect)."""

from kit.http import PUBLIC, Request, Routes
from users import bootstrap, schemas
from users.api import rates
from users.api.answers import device_name
from users.errors import (
    AccountDisabled,
    EmailUnverified,
    FederationOff,
    IdTokenRefused,
    LinkNeedsSignIn,
    SecondFactorRequired,
    SignInLocked,
    SignInPaused,
    SignInRequestRefused,
    TooManyCodes,
    TooManyIdentities,
)
from users.service.federated_sign_in import Arrival

routes = Routes()
_ENTERING = (
    IdTokenRefused,
    SecondFactorRequired,
    AccountDisabled,
    EmailUnverified,
    LinkNeedsSignIn,
    FederationOff,
    TooManyIdentities,
    SignInPaused,
    SignInLocked,
    TooManyCodes,
)


@routes.post(
    "/auth/oidc/start",
    summary="Begin a sign-in at the provider: authorization code with PKCE",
    reply=schemas.SignInRequestView,
    access=PUBLIC,
    rate=rates.FEDERATION,
    errors=(FederationOff,),
)
def start_oidc(_request: Request) -> schemas.SignInRequestView:
    """Begin."""
    return schemas.SignInRequestView.model_validate(bootstrap.federation.sign_in().start())


@routes.post(
    "/auth/oidc/callback",
    summary="Finish it with the provider's code; the first time an account is linked or opened",
    body=schemas.SignInAnswerBody,
    reply=schemas.GrantView,
    access=PUBLIC,
    rate=rates.SIGN_IN,
    errors=(SignInRequestRefused, *_ENTERING),
)
def finish_oidc(request: Request) -> schemas.GrantView:
    """Finish."""
    body: schemas.SignInAnswerBody = request.body
    grant = bootstrap.federation.sign_in().finish(body.handle, body.state, body.code, _arrival(request))
    return schemas.GrantView.model_validate(grant)


@routes.post(
    "/auth/oidc/exchange",
    summary="Exchange the ID token of an app that signed in at the provider itself for a session",
    body=schemas.IdTokenBody,
    reply=schemas.GrantView,
    access=PUBLIC,
    rate=rates.SIGN_IN,
    errors=_ENTERING,
)
def exchange_oidc(request: Request) -> schemas.GrantView:
    """Exchange."""
    body: schemas.IdTokenBody = request.body
    grant = bootstrap.federation.sign_in().exchange(body.id_token, _arrival(request))
    return schemas.GrantView.model_validate(grant)


def _arrival(request: Request) -> Arrival:
    body: schemas.SignInAnswerBody | schemas.IdTokenBody = request.body
    return Arrival(body.device_id, body.device_name or device_name(request), request.id)
