"""What each route does: parse → call → return. The table of routes is ``users.api``."""

import json

from kit.http import Reply, Request, etag
from users import bootstrap, model, schemas
from users.model import Challenge, ChallengeId, Device, FamilyId, User, UserId

_CACHED = ("Cache-Control", "public, max-age=300")


def register(request: Request) -> schemas.VerificationView:
    """Begin a registration."""
    body: schemas.RegisterBody = request.body
    found = bootstrap.registration().register(body.address, body.password, body.display_name, body.locale)
    return _verification(found)


def resend_otp(request: Request) -> schemas.VerificationView:
    """Send another code."""
    return _verification(bootstrap.registration().resend(ChallengeId(request.body.verification_id)))


def verify_otp(request: Request) -> schemas.VerifiedView:
    """Open the account."""
    body: schemas.VerifyBody = request.body
    bootstrap.registration().verify(ChallengeId(body.verification_id), body.code)
    return schemas.VerifiedView()


def login(request: Request) -> schemas.GrantView:
    """Begin a session."""
    body: schemas.LoginBody = request.body
    name = body.device_name or "".join(filter(str.isprintable, request.user_agent[:80]))
    grant = bootstrap.sign_in().sign_in(body.address, body.password, body.device_id, name)
    return schemas.GrantView.model_validate(grant)


def refresh(request: Request) -> schemas.GrantView:
    """Exchange a refresh token."""
    body: schemas.RefreshBody = request.body
    return schemas.GrantView.model_validate(bootstrap.sessions().refresh(body.refresh_token, body.device_id))


def logout(request: Request) -> None:
    """End the caller's session."""
    bootstrap.sessions().sign_out(UserId(request.user.subject), FamilyId(request.user.family))


def logout_all(request: Request) -> None:
    """End every session of the caller."""
    bootstrap.sessions().sign_out_everywhere(UserId(request.user.subject))


def get_me(request: Request) -> Reply:
    """Read one's own account."""
    return _user(bootstrap.profile().read(UserId(request.user.subject)))


def patch_me(request: Request) -> Reply:
    """Change one's own account."""
    body: schemas.ProfileBody = request.body
    version = request.expected_version()
    user_id = UserId(request.user.subject)
    return _user(bootstrap.profile().change(user_id, version, body.display_name, body.locale))


def list_devices(request: Request) -> schemas.DevicesView:
    """List one's own devices."""
    devices = bootstrap.sessions().devices(UserId(request.user.subject))
    return schemas.DevicesView(items=tuple(_device(one, request.user.family) for one in devices))


def delete_device(request: Request) -> None:
    """End the session of one of one's own devices."""
    bootstrap.sessions().remove_device(UserId(request.user.subject), FamilyId(request.path["id"]))


def find_users(request: Request) -> schemas.UsersView:
    """Look an account up by its address."""
    query: schemas.UserQuery = request.query
    found = bootstrap.administration().find(query.address)
    return schemas.UsersView(items=(schemas.UserView.model_validate(found),) if found else ())


def get_user(request: Request) -> Reply:
    """Read any account."""
    return _user(bootstrap.administration().read(UserId(request.path["id"])))


def put_plan(request: Request) -> Reply:
    """Grant a plan."""
    body: schemas.PlanBody = request.body
    by = UserId(request.user.subject)
    user_id = UserId(request.path["id"])
    return _user(bootstrap.administration().grant_plan(user_id, body.plan, by, body.valid_until))


def put_roles(request: Request) -> Reply:
    """Grant roles."""
    body: schemas.RolesBody = request.body
    by = UserId(request.user.subject)
    return _user(bootstrap.administration().grant_roles(UserId(request.path["id"]), body.roles, by))


def jwks(_request: Request) -> Reply:
    """Publish our keys."""
    return Reply(json.loads(bootstrap.published_keys().document()), headers=(_CACHED,))


def _verification(challenge: Challenge) -> schemas.VerificationView:
    return schemas.VerificationView(
        verification_id=challenge.id,
        channel=challenge.address.channel,
        expires_at=challenge.expires_at,
        resend_after_s=int(model.RESEND_AFTER.total_seconds()),
    )


def _user(user: User) -> Reply:
    return Reply(schemas.UserView.model_validate(user), etag=etag.of_version(user.version))


def _device(device: Device, current: str) -> schemas.DeviceView:
    return schemas.DeviceView(
        id=device.family,
        name=device.name,
        created_at=device.created_at,
        last_seen_at=device.last_seen_at,
        current=device.family == current,
    )
