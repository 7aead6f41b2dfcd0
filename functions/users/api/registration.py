"""How an account comes into being: an address, a code, a proof."""

from kit.http import PUBLIC, Request, Routes
from users import bootstrap, model, schemas
from users.api import rates
from users.errors import (
    AlreadyRegistered,
    BreachedPassword,
    CodeRefused,
    TooManyCodes,
    VerificationUnknown,
    WeakPassword,
)
from users.model import Challenge, ChallengeId

routes = Routes()


@routes.post(
    "/auth/register",
    summary="Register an e-mail address or an Indian phone number; a code is sent to it",
    body=schemas.RegisterBody,
    reply=schemas.VerificationView,
    status=202,
    access=PUBLIC,
    rate=rates.CODES,
    errors=(WeakPassword, BreachedPassword, TooManyCodes),
)
def register(request: Request) -> schemas.VerificationView:
    """Begin a registration."""
    body: schemas.RegisterBody = request.body
    return _verification(
        bootstrap.api.registration().register(body.address, body.password, body.display_name, body.locale)
    )


@routes.post(
    "/auth/resend-otp",
    summary="Send another code; the one before is void",
    body=schemas.ResendBody,
    reply=schemas.VerificationView,
    status=202,
    access=PUBLIC,
    rate=rates.CODES,
    errors=(VerificationUnknown, TooManyCodes),
)
def resend_otp(request: Request) -> schemas.VerificationView:
    """Send another code."""
    return _verification(bootstrap.api.registration().resend(ChallengeId(request.body.verification_id)))


@routes.post(
    "/auth/verify-otp",
    summary="Prove the address with the code; the account exists from then on",
    body=schemas.VerifyBody,
    reply=schemas.VerifiedView,
    access=PUBLIC,
    rate=rates.PROOFS,
    errors=(CodeRefused, AlreadyRegistered),
)
def verify_otp(request: Request) -> schemas.VerifiedView:
    """Open the account."""
    body: schemas.VerifyBody = request.body
    bootstrap.api.registration().verify(ChallengeId(body.verification_id), body.code)
    return schemas.VerifiedView()


def _verification(challenge: Challenge) -> schemas.VerificationView:
    return schemas.VerificationView(
        verification_id=challenge.id,
        channel=challenge.address.channel,
        expires_at=challenge.expires_at,
        resend_after_s=int(model.RESEND_AFTER.total_seconds()),
    )
