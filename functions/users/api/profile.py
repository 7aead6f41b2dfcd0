"""One's own account."""

from kit.errors import PreconditionFailed
from kit.http import Reply, Request, Routes, signed_in
from users import bootstrap, schemas
from users.api.answers import user_reply
from users.errors import UserUnknown
from users.model import UserId

routes = Routes()


@routes.get(
    "/users/me",
    summary="Read your account",
    reply=schemas.UserView,
    access=signed_in(),
    errors=(UserUnknown,),
    etag=True,
)
def get_me(request: Request) -> Reply:
    """Read one's own account."""
    return user_reply(bootstrap.api.profile().read(UserId(request.user.subject)))


@routes.patch(
    "/users/me",
    summary="Change your account",
    body=schemas.ProfileBody,
    reply=schemas.UserView,
    access=signed_in(),
    errors=(UserUnknown, PreconditionFailed),
    etag=True,
)
def patch_me(request: Request) -> Reply:
    """Change one's own account."""
    body: schemas.ProfileBody = request.body
    version = request.expected_version()
    user_id = UserId(request.user.subject)
    return user_reply(bootstrap.api.profile().change(user_id, version, body.display_name, body.locale))
