"""Setting another password: signed in, or with a code."""

from kit.http import PUBLIC, Request, Routes, StepUpRequired, signed_in
from users import bootstrap, model, schemas
from users.api import proofs, rates
from users.api.answers import device_name
from users.errors import (
    BreachedPassword,
    CodeRefused,
    CurrentPasswordRefused,
    SecondFactorMissing,
    SignInLocked,
    SignInPaused,
    TooManyCodes,
    UserUnknown,
    WeakPassword,
)
from users.model import ResetId

routes = Routes()


@routes.post(
    "/auth/password/change",
    summary="Change your password: every device is signed out, this one gets a new session; where an app"
    " protects the account, confirm with it first",
    body=schemas.PasswordChangeBody,
    reply=schemas.GrantView,
    access=signed_in(),
    rate=rates.STEP_UP,
    errors=(
        WeakPassword,
        BreachedPassword,
        CurrentPasswordRefused,
        SignInPaused,
        SignInLocked,
        UserUnknown,
        StepUpRequired,
    ),
)
def change_password(request: Request) -> schemas.GrantView:
    """Change one's own password."""
    body: schemas.PasswordChangeBody = request.body
    user_id = proofs.owner(request)
    name = body.device_name or device_name(request)
    grant = bootstrap.api.password_changing().change(
        user_id, body.current_password, body.new_password, body.device_id, name
    )
    return schemas.GrantView.model_validate(grant)


@routes.post(
    "/auth/password/forgot",
    summary="Ask for a code that sets a new password; the answer is the same without an account",
    body=schemas.PasswordForgotBody,
    reply=schemas.PasswordForgotView,
    status=202,
    access=PUBLIC,
    rate=rates.CODES,
    errors=(TooManyCodes,),
)
def forgot_password(request: Request) -> schemas.PasswordForgotView:
    """Ask for a code."""
    body: schemas.PasswordForgotBody = request.body
    reset = bootstrap.api.password_resetting().ask(body.address, body.locale)
    return schemas.PasswordForgotView(
        reset_id=reset.id,
        channel=body.address.channel,
        expires_at=reset.expires_at,
        again_after_s=int(model.RESET_AGAIN_AFTER.total_seconds()),
    )


@routes.post(
    "/auth/password/reset",
    summary="Set a new password with the code: every device is signed out, a lock ends; then sign in",
    body=schemas.PasswordResetBody,
    reply=schemas.PasswordResetView,
    access=PUBLIC,
    rate=rates.PROOFS,
    errors=(WeakPassword, BreachedPassword, CodeRefused, SecondFactorMissing),
)
def reset_password(request: Request) -> schemas.PasswordResetView:
    """Set it."""
    body: schemas.PasswordResetBody = request.body
    resetting = bootstrap.api.password_resetting()
    resetting.reset(ResetId(body.reset_id), body.code, body.password, body.second_factor)
    return schemas.PasswordResetView()
