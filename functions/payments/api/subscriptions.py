"""What people pay again and again, once it is begun by POST /checkouts."""

from kit.http import Reply, Request, Routes, StepUpRequired, signed_in
from kit.http.etag import of_version
from kit.idempotency import KeyMalformed, KeyMissing, parse_key
from payments import bootstrap
from payments.api.answers import TRANSACTIONS, confirm, person
from payments.errors.gateway import CustomerNeeded, PaymentDeclined
from payments.errors.limits import TierTooLow
from payments.errors.orders import FeeCapReached, OfferUnknown
from payments.errors.subscriptions import (
    ChangeWaiting,
    OfferUnfit,
    SubscriptionEnding,
    SubscriptionNotOpen,
    SubscriptionUnknown,
)
from payments.model.payment import SubscriptionId
from payments.model.subscription import Subscription
from payments.schemas.subscriptions import (
    ChangeIn,
    ChangeQuoteView,
    SubscriptionListView,
    SubscriptionView,
    quote_view,
    subscription_view,
)

routes = Routes()
_CHANGE = (
    SubscriptionUnknown,
    SubscriptionNotOpen,
    SubscriptionEnding,
    ChangeWaiting,
    OfferUnknown,
    OfferUnfit,
)


@routes.get(
    "/subscriptions",
    summary="Your subscriptions, the newest first, at most a hundred",
    reply=SubscriptionListView,
    access=signed_in(),
)
def list_subscriptions(request: Request) -> SubscriptionListView:
    """List."""
    found = bootstrap.subscriptions.subscriptions().of_person(person(request))
    return SubscriptionListView(items=tuple(subscription_view(one) for one in found))


@routes.get(
    "/subscriptions/{id}",
    summary="One subscription: its state, period, next charge, and what is owed",
    reply=SubscriptionView,
    access=signed_in(),
    errors=(SubscriptionUnknown,),
    etag=True,
)
def get_subscription(request: Request) -> Reply:
    """Read."""
    return _reply(bootstrap.subscriptions.changing().find(person(request), _id(request)))


@routes.post(
    "/subscriptions/{id}/quotes",
    summary="What a change would cost now and when it would begin; no effect",
    body=ChangeIn,
    reply=ChangeQuoteView,
    access=signed_in(),
    errors=_CHANGE,
)
def quote_subscription_change(request: Request) -> ChangeQuoteView:
    """Quote."""
    body: ChangeIn = request.body
    return quote_view(bootstrap.subscriptions.changing().quote(person(request), _id(request), body.sku))


@routes.post(
    "/subscriptions/{id}/change",
    summary="Go on as another plan: a dearer one at once, a cheaper one with the next period; "
    "needs an Idempotency-Key, under which a retry is the same change",
    body=ChangeIn,
    reply=SubscriptionView,
    access=signed_in(),
    rate=TRANSACTIONS,
    errors=(
        *_CHANGE,
        KeyMissing,
        KeyMalformed,
        FeeCapReached,
        TierTooLow,
        StepUpRequired,
        PaymentDeclined,
        CustomerNeeded,
    ),
)
def change_subscription(request: Request) -> Reply:
    """Change. The effect is the gateway's, so the key goes on to it instead of a kept answer."""
    raw = request.headers.get("idempotency-key")
    if raw is None:
        raise KeyMissing
    body: ChangeIn = request.body
    changing = bootstrap.subscriptions.changing()
    key, asked = parse_key(raw), confirm(request)
    return _reply(changing.change(person(request), _id(request), body.sku, key, asked))


@routes.post(
    "/subscriptions/{id}/cancel",
    summary="End with the period that is paid, at once where none is; repeating it changes nothing",
    reply=SubscriptionView,
    access=signed_in(),
    errors=(SubscriptionUnknown, SubscriptionNotOpen),
)
def cancel_subscription(request: Request) -> Reply:
    """Cancel."""
    return _reply(bootstrap.subscriptions.changing().cancel(person(request), _id(request)))


@routes.post(
    "/subscriptions/{id}/resume",
    summary="Take back a cancellation before it takes effect; repeating it changes nothing",
    reply=SubscriptionView,
    access=signed_in(),
    errors=(SubscriptionUnknown, SubscriptionNotOpen, TierTooLow),
)
def resume_subscription(request: Request) -> Reply:
    """Resume."""
    return _reply(bootstrap.subscriptions.changing().resume(person(request), _id(request)))


def _reply(one: Subscription) -> Reply:
    return Reply(subscription_view(one), etag=of_version(one.version))


def _id(request: Request) -> SubscriptionId:
    return SubscriptionId(request.path["id"].lower())
