"""What support and administrators do with accounts."""

from kit import clock
from kit.http import Reply, Request, Routes, role
from users import bootstrap, schemas
from users.api.answers import user_reply
from users.errors import NotLocked, RolesRefused, UserUnknown
from users.model import UserId

routes = Routes()


@routes.get(
    "/users",
    summary="Look an account up by e-mail address or phone number",
    query=schemas.UserQuery,
    reply=schemas.UsersView,
    access=role("support"),
)
def find_users(request: Request) -> schemas.UsersView:
    """Look an account up by its address."""
    query: schemas.UserQuery = request.query
    found = bootstrap.api.administration().find(query.address)
    return schemas.UsersView(items=(schemas.UserView.of(found, clock.now()),) if found else ())


@routes.get(
    "/users/{id}",
    summary="Read an account",
    reply=schemas.UserView,
    access=role("support"),
    errors=(UserUnknown,),
    etag=True,
)
def get_user(request: Request) -> Reply:
    """Read any account."""
    return user_reply(bootstrap.api.administration().read(UserId(request.path["id"])))


@routes.put(
    "/users/{id}/plan",
    summary="Grant a plan, beside what is paid; when the plan changes, tokens from before are stale",
    body=schemas.PlanBody,
    reply=schemas.UserView,
    access=role("admin"),
    errors=(UserUnknown,),
    etag=True,
)
def put_plan(request: Request) -> Reply:
    """Grant a plan."""
    body: schemas.PlanBody = request.body
    user_id, by = UserId(request.path["id"]), bootstrap.api.witness().actor(request)
    return user_reply(bootstrap.api.administration().grant_plan(user_id, body.plan, by, body.valid_until))


@routes.put(
    "/users/{id}/roles",
    summary="Grant the whole set of roles; tokens from before are stale",
    body=schemas.RolesBody,
    reply=schemas.UserView,
    access=role("admin"),
    errors=(UserUnknown, RolesRefused),
    etag=True,
)
def put_roles(request: Request) -> Reply:
    """Grant roles."""
    body: schemas.RolesBody = request.body
    user_id, by = UserId(request.path["id"]), bootstrap.api.witness().actor(request)
    return user_reply(bootstrap.api.administration().grant_roles(user_id, body.roles, by))


@routes.post(
    "/users/{id}/unlock",
    summary="Forget the failed sign-ins of an account, for a reason that is kept",
    body=schemas.UnlockBody,
    status=204,
    access=role("support"),
    errors=(UserUnknown, NotLocked),
)
def unlock_user(request: Request) -> None:
    """Unlock an account."""
    body: schemas.UnlockBody = request.body
    user_id, by = UserId(request.path["id"]), bootstrap.api.witness().actor(request)
    bootstrap.api.locks().unlock(user_id, by, body.reason, body.reference)
