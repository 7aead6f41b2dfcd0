"""The door for the payment gateway's webhooks."""

from kit.http import PUBLIC, Rate, Request, Routes
from payments import bootstrap
from payments.errors.gateway import NoticeUnreadable, SignatureInvalid
from payments.schemas.webhooks import ReceivedView

routes = Routes()
_MOST_BYTES = 262_144


@routes.post(
    "/webhooks/stripe",
    summary="The door for Stripe: verifies the signature, stores, answers at once",
    reply=ReceivedView,
    access=PUBLIC,
    rate=Rate(60_000, 60),
    max_body=_MOST_BYTES,
    errors=(SignatureInvalid, NoticeUnreadable),
)
def receive_stripe_webhook(request: Request) -> ReceivedView:
    """Store an authentic webhook; what it is about is read back by the worker."""
    body = request.raw.encode()  # the very bytes: what is not UTF-8 was refused before
    new = bootstrap.api.door().receive(body, request.headers.get("stripe-signature", ""))
    return ReceivedView(received=True, repeated=not new)
