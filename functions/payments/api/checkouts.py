"""From a choice to the hosted page."""

from kit.http import Reply, Request, Routes, StepUpRequired, signed_in
from kit.idempotency import InProgress, KeyMalformed, KeyMissing, KeyReused, parse_key
from payments import bootstrap
from payments.api.answers import TRANSACTIONS, confirm, person
from payments.errors.limits import TierTooLow
from payments.errors.orders import (
    AlreadyOwned,
    FeeCapReached,
    KycRequired,
    OfferUnknown,
    ProfileMissing,
)
from payments.errors.subscriptions import AlreadySubscribed
from payments.schemas.catalogue import CheckoutView, OrderIn
from payments.schemas.money import money

routes = Routes()


@routes.post(
    "/checkouts",
    summary="Open the hosted page on which a course, a subscription or money for the wallet is paid; "
    "needs an Idempotency-Key, under which a retry is the same page",
    body=OrderIn,
    reply=CheckoutView,
    status=201,
    access=signed_in(),
    rate=TRANSACTIONS,
    errors=(
        KeyMissing,
        KeyMalformed,
        KeyReused,
        InProgress,
        OfferUnknown,
        ProfileMissing,
        KycRequired,
        FeeCapReached,
        TierTooLow,
        AlreadyOwned,
        AlreadySubscribed,
        StepUpRequired,
    ),
)
def open_checkout(request: Request) -> Reply:
    """Open a page. The effect is the gateway's, so the key is part of our id instead of a kept answer."""
    raw = request.headers.get("idempotency-key")
    if raw is None:
        raise KeyMissing
    body: OrderIn = request.body
    key, order = parse_key(raw), body.order()
    opened = bootstrap.checkouts.checking_out().open(person(request), order, key, confirm(request))
    view = CheckoutView(
        id=opened.id,
        purpose=opened.purpose,
        sku=opened.sku,
        status=opened.status,
        price=money(opened.price),
        address=opened.address,
        expires_at=opened.expires_at,
    )
    return Reply(view, headers=(("Idempotent-Replayed", "true"),) if opened.resumed else ())
