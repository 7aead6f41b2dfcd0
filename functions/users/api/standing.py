"""Who may come in: disabled accounts, and sessions that others end."""

from kit.audit import Actor
from kit.http import Request, Routes, role
from users import bootstrap, schemas
from users.errors import AlreadyDisabled, LastAdministrator, NotDisabled, OwnAccount, UserUnknown
from users.model import UserId
from users.service.standing import Cause

routes = Routes()


@routes.post(
    "/users/{id}/logout-all",
    summary="End every session of somebody, for a reason that is kept",
    body=schemas.EndSessionsBody,
    status=204,
    access=role("support"),
    errors=(UserUnknown,),
)
def end_sessions(request: Request) -> None:
    """End somebody's sessions."""
    bootstrap.api.standing().end_sessions(_whose(request), _by(request), _cause(request))


@routes.post(
    "/users/{id}/disable",
    summary="Let nobody sign in to an account, for a reason that is kept; its sessions and API keys end",
    body=schemas.DisableBody,
    status=204,
    access=role("admin").with_step_up(),
    errors=(UserUnknown, OwnAccount, AlreadyDisabled, LastAdministrator),
)
def disable_user(request: Request) -> None:
    """Disable an account."""
    bootstrap.api.standing().disable(_whose(request), _by(request), _cause(request))


@routes.post(
    "/users/{id}/enable",
    summary="Let a disabled account be signed in to again, for a reason that is kept",
    body=schemas.EnableBody,
    status=204,
    access=role("admin").with_step_up(),
    errors=(UserUnknown, NotDisabled),
)
def enable_user(request: Request) -> None:
    """Enable an account."""
    bootstrap.api.standing().enable(_whose(request), _by(request), _cause(request))


def _whose(request: Request) -> UserId:
    return UserId(request.path["id"])


def _by(request: Request) -> Actor:
    return bootstrap.api.witness().actor(request)


def _cause(request: Request) -> Cause:
    body: schemas.EndSessionsBody | schemas.DisableBody | schemas.EnableBody = request.body
    return Cause(body.reason, body.reference)
