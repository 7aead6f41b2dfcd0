"""Signing in and out, and the devices that are signed in."""

from kit.http import PUBLIC, Request, Routes, signed_in
from users import bootstrap, schemas
from users.api import rates
from users.api.answers import device_name
from users.errors import (
    AccountDisabled,
    CodeRefused,
    CredentialsRefused,
    DeviceUnknown,
    RefreshRefused,
    SecondFactorRequired,
    SignInLocked,
    SignInPaused,
    TooManyCodes,
    UserUnknown,
)
from users.model import ConfirmationId, Device, FamilyId, UserId

routes = Routes()


@routes.post(
    "/auth/login",
    summary="Sign in with address and password; where an app protects the account, 401 names a challenge",
    body=schemas.LoginBody,
    reply=schemas.GrantView,
    access=PUBLIC,
    rate=rates.SIGN_IN,
    errors=(
        CredentialsRefused,
        AccountDisabled,
        SecondFactorRequired,
        SignInPaused,
        SignInLocked,
        TooManyCodes,
    ),
)
def login(request: Request) -> schemas.GrantView:
    """Begin a session."""
    body: schemas.LoginBody = request.body
    name = body.device_name or device_name(request)
    grant = bootstrap.api.sign_in().sign_in(body.address, body.password, body.device_id, name)
    return schemas.GrantView.model_validate(grant)


@routes.post(
    "/auth/login/second-factor",
    summary="Finish a sign-in with a code of the authenticator app, or a backup code",
    body=schemas.SecondFactorBody,
    reply=schemas.GrantView,
    access=PUBLIC,
    rate=rates.PROOFS,
    errors=(CodeRefused, CredentialsRefused),
)
def login_second_factor(request: Request) -> schemas.GrantView:
    """Begin the session that was waiting for its second factor."""
    body: schemas.SecondFactorBody = request.body
    name = body.device_name or device_name(request)
    asked = ConfirmationId(body.challenge_id)
    return schemas.GrantView.model_validate(
        bootstrap.api.sign_in().finish(asked, body.code, body.device_id, name)
    )


@routes.post(
    "/auth/refresh",
    summary="Exchange a refresh token for its successor and a new access token",
    body=schemas.RefreshBody,
    reply=schemas.GrantView,
    access=PUBLIC,
    rate=rates.REFRESH,
    errors=(RefreshRefused,),
)
def refresh(request: Request) -> schemas.GrantView:
    """Exchange a refresh token."""
    body: schemas.RefreshBody = request.body
    return schemas.GrantView.model_validate(
        bootstrap.api.sessions().refresh(body.refresh_token, body.device_id)
    )


@routes.post("/auth/logout", summary="Sign this device out", status=204, access=signed_in())
def logout(request: Request) -> None:
    """End the caller's session."""
    bootstrap.api.sessions().sign_out(UserId(request.user.subject), FamilyId(request.user.family))


@routes.post(
    "/auth/logout-all",
    summary="Sign every device out",
    status=204,
    access=signed_in(),
    errors=(UserUnknown,),
)
def logout_all(request: Request) -> None:
    """End every session of the caller."""
    bootstrap.api.sessions().sign_out_everywhere(UserId(request.user.subject))


@routes.get(
    "/users/me/devices",
    summary="List the devices that are signed in",
    reply=schemas.DevicesView,
    access=signed_in(),
)
def list_devices(request: Request) -> schemas.DevicesView:
    """List one's own devices."""
    devices = bootstrap.api.sessions().devices(UserId(request.user.subject))
    return schemas.DevicesView(items=tuple(_device(one, request.user.family) for one in devices))


@routes.delete(
    "/users/me/devices/{id}",
    summary="Sign one of your devices out",
    status=204,
    access=signed_in(),
    errors=(DeviceUnknown,),
)
def delete_device(request: Request) -> None:
    """End the session of one of one's own devices."""
    bootstrap.api.sessions().remove_device(UserId(request.user.subject), FamilyId(request.path["id"]))


def _device(device: Device, current: str) -> schemas.DeviceView:
    return schemas.DeviceView(
        id=device.family,
        name=device.name,
        created_at=device.created_at,
        last_seen_at=device.last_seen_at,
        current=device.family == current,
    )
