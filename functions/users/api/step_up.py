"""Proving again that it is you, before something that matters."""

from kit.http import Request, Routes, signed_in
from users import bootstrap, model, schemas
from users.api import rates
from users.errors import CodeRefused, NoAuthenticator, TooManyCodes, UserUnknown
from users.model import ConfirmationId, FamilyId, UserId

routes = Routes()


@routes.post(
    "/auth/step-up",
    summary="Ask to prove again that it is you; by the method otp a code is sent to your confirmed address",
    body=schemas.StepUpBody,
    reply=schemas.StepUpView,
    status=202,
    access=signed_in(),
    rate=rates.STEP_UP,
    errors=(NoAuthenticator, TooManyCodes, UserUnknown),
)
def step_up(request: Request) -> schemas.StepUpView:
    """Ask for a proof."""
    body: schemas.StepUpBody = request.body
    caller = request.user
    asked, channel = bootstrap.api.step_up().ask(UserId(caller.subject), FamilyId(caller.family), body.method)
    return schemas.StepUpView(
        step_up_id=asked.id,
        method=asked.method,
        channel=channel,
        expires_at=asked.expires_at,
        again_after_s=int(model.CONFIRM_AGAIN_AFTER.total_seconds()),
    )


@routes.post(
    "/auth/step-up/verify",
    summary="Prove it with the code; the new access token passes where a step-up is demanded, for 5 minutes",
    body=schemas.StepUpProofBody,
    reply=schemas.SteppedUpView,
    access=signed_in(),
    rate=rates.STEP_UP_PROOFS,
    errors=(CodeRefused, UserUnknown),
)
def verify_step_up(request: Request) -> schemas.SteppedUpView:
    """Prove it."""
    body: schemas.StepUpProofBody = request.body
    user_id, family = UserId(request.user.subject), FamilyId(request.user.family)
    proven = bootstrap.api.step_up().prove(user_id, family, ConfirmationId(body.step_up_id), body.code)
    return schemas.SteppedUpView.model_validate(proven)
