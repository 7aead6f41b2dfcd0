"""The authenticator app of one's own account, and its backup codes."""

from kit.http import Request, Routes, signed_in
from users import bootstrap, schemas
from users.api import rates
from users.errors import AlreadyEnrolled, CodeRefused, NoAuthenticator, UserUnknown
from users.model import UserId

routes = Routes()


@routes.get(
    "/auth/2fa",
    summary="See whether an authenticator app protects your account",
    reply=schemas.SecondFactorView,
    access=signed_in(),
)
def get_second_factor(request: Request) -> schemas.SecondFactorView:
    """Read one's own second factor."""
    found = bootstrap.api.second_factor().read(UserId(request.user.subject))
    since = found.confirmed_at if found else None
    left = found.backup_codes if found else 0
    return schemas.SecondFactorView(enabled=since is not None, since=since, backup_codes_left=left)


@routes.post(
    "/auth/2fa/totp",
    summary="Set an authenticator app up; it counts once a code of it was given back",
    reply=schemas.EnrolmentView,
    status=201,
    access=signed_in().with_step_up(),
    rate=rates.STEP_UP,
    errors=(AlreadyEnrolled, UserUnknown),
)
def enrol_totp(request: Request) -> schemas.EnrolmentView:
    """Begin."""
    enrolment = bootstrap.api.second_factor().enrol(UserId(request.user.subject))
    return schemas.EnrolmentView.model_validate(enrolment)


@routes.post(
    "/auth/2fa/totp/confirm",
    summary="Give a code of the app back: it protects sign-ins from then on; answers ten backup codes, once",
    body=schemas.AppCodeBody,
    reply=schemas.BackupCodesView,
    access=signed_in(),
    rate=rates.STEP_UP_PROOFS,
    errors=(CodeRefused, NoAuthenticator, UserUnknown),
)
def confirm_totp(request: Request) -> schemas.BackupCodesView:
    """Finish."""
    codes = bootstrap.api.second_factor().confirm(UserId(request.user.subject), request.body.code)
    return schemas.BackupCodesView(codes=tuple(codes))


@routes.post(
    "/auth/2fa/backup-codes",
    summary="Get ten new backup codes; those before are void",
    reply=schemas.BackupCodesView,
    access=signed_in().with_step_up(level=2),
    rate=rates.STEP_UP,
    errors=(NoAuthenticator,),
)
def renew_backup_codes(request: Request) -> schemas.BackupCodesView:
    """Renew one's own backup codes."""
    codes = bootstrap.api.second_factor().renew_backups(UserId(request.user.subject))
    return schemas.BackupCodesView(codes=tuple(codes))


@routes.delete(
    "/auth/2fa/totp",
    summary="Remove the authenticator app and its backup codes",
    status=204,
    access=signed_in().with_step_up(level=2),
    errors=(NoAuthenticator, UserUnknown),
)
def remove_totp(request: Request) -> None:
    """Take the second factor away."""
    bootstrap.api.second_factor().remove(UserId(request.user.subject))
