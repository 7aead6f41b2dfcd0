"""The identities of a provider that sign in to one's own account."""

from kit.http import Request, Routes, signed_in
from users import bootstrap, schemas
from users.api import proofs, rates
from users.errors import (
    AccountDisabled,
    EmailUnverified,
    FederationOff,
    IdentityTaken,
    IdentityUnknown,
    IdTokenRefused,
    LastWayIn,
    TooManyIdentities,
    UserUnknown,
)
from users.model import IdentityId, UserId

routes = Routes()


@routes.get(
    "/users/me/identities",
    summary="List the identities that sign in to your account",
    reply=schemas.IdentitiesView,
    access=signed_in(),
)
def list_identities(request: Request) -> schemas.IdentitiesView:
    """List one's own."""
    found = bootstrap.federation.identities().of(UserId(request.user.subject))
    return schemas.IdentitiesView(items=tuple(schemas.IdentityView.model_validate(one) for one in found))


@routes.post(
    "/users/me/identities",
    summary="Link an identity to your account; where an app protects the account, confirm with it first",
    body=schemas.IdentityBody,
    reply=schemas.IdentityView,
    status=201,
    access=signed_in().with_step_up(),
    rate=rates.IDENTITIES,
    errors=(
        AccountDisabled,
        IdTokenRefused,
        EmailUnverified,
        FederationOff,
        IdentityTaken,
        TooManyIdentities,
        UserUnknown,
    ),
)
def link_identity(request: Request) -> schemas.IdentityView:
    """Link one to one's own account."""
    user_id = proofs.owner(request)
    claims = bootstrap.federation.tokens().brought(request.body.id_token)
    by = bootstrap.api.witness().actor(request)
    return schemas.IdentityView.model_validate(bootstrap.federation.identities().add(user_id, claims, by))


@routes.delete(
    "/users/me/identities/{id}",
    summary="Remove an identity; where an app protects the account, confirm with it first",
    status=204,
    access=signed_in().with_step_up(),
    errors=(IdentityUnknown, LastWayIn),
)
def unlink_identity(request: Request) -> None:
    """Remove one of one's own."""
    user_id = proofs.owner(request)
    by = bootstrap.api.witness().actor(request)
    bootstrap.federation.identities().remove(user_id, IdentityId(request.path["id"]), by)
