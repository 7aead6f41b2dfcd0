"""What readers leave behind: a word on a signal, and a choice of what they want to hear of."""

from kit.http import Rate, Reply, Request, Routes, signed_in
from kit.http.etag import of_version
from signals import bootstrap
from signals.api.access import STAFF, access_of
from signals.api.answers import signal_id
from signals.errors import FeedbackNotFound, SignalNotFound, SubscriptionsChanged
from signals.model.subscription import Subscriptions
from signals.schemas.readers import (
    FeedbackIn,
    FeedbackSummaryView,
    FeedbackView,
    SubscriptionsIn,
    SubscriptionsView,
)

routes = Routes()


@routes.post(
    "/signals/{id}/feedback",
    summary="Say what you did with a signal and what you think of it; a later word replaces the earlier",
    body=FeedbackIn,
    reply=FeedbackView,
    access=signed_in(),
    errors=(SignalNotFound,),
    rate=Rate(30, 60),
)
def give_feedback(request: Request) -> FeedbackView:
    """Keep the caller's word on a signal they may see."""
    body: FeedbackIn = request.body
    given = bootstrap.record.opinions().give(
        access_of(request.user),
        signal_id(request),
        by=request.user.subject,
        action=body.action,
        rating=body.rating,
        comment=body.comment,
    )
    return FeedbackView.model_validate(given)


@routes.get(
    "/signals/{id}/feedback",
    summary="Your own word on a signal",
    reply=FeedbackView,
    access=signed_in(),
    errors=(SignalNotFound, FeedbackNotFound),
)
def get_feedback(request: Request) -> FeedbackView:
    """Read the caller's own word."""
    found = bootstrap.record.opinions().own(access_of(request.user), signal_id(request), request.user.subject)
    return FeedbackView.model_validate(found)


@routes.get(
    "/signals/{id}/feedback/summary",
    summary="All readers' words on a signal, counted, without names",
    reply=FeedbackSummaryView,
    access=STAFF,
    errors=(SignalNotFound,),
)
def get_feedback_summary(request: Request) -> FeedbackSummaryView:
    """Read what readers said together."""
    found = bootstrap.record.opinions().summary(access_of(request.user), signal_id(request))
    return FeedbackSummaryView.model_validate(found)


@routes.get(
    "/signals/subscriptions",
    summary="The instruments and strategies you want to hear of",
    reply=SubscriptionsView,
    access=signed_in(),
    etag=True,
)
def get_subscriptions(request: Request) -> Reply:
    """Read the caller's choice; version 0 was never written."""
    return _shown(bootstrap.record.choosing().chosen(request.user.subject))


@routes.put(
    "/signals/subscriptions",
    summary="Choose the instruments and strategies you want to hear of, all at once",
    body=SubscriptionsIn,
    reply=SubscriptionsView,
    access=signed_in(),
    errors=(SubscriptionsChanged,),
    rate=Rate(30, 60),
    etag=True,
)
def replace_subscriptions(request: Request) -> Reply:
    """Replace the caller's choice."""
    body: SubscriptionsIn = request.body
    subject, version = request.user.subject, request.expected_version()
    return _shown(bootstrap.record.choosing().choose(subject, body.symbols, body.strategies, version))


@routes.delete(
    "/signals/subscriptions",
    summary="Choose nothing",
    reply=SubscriptionsView,
    access=signed_in(),
    errors=(SubscriptionsChanged,),
    rate=Rate(30, 60),
)
def clear_subscriptions(request: Request) -> Reply:
    """Empty the caller's choice."""
    return _shown(bootstrap.record.choosing().clear(request.user.subject))


def _shown(found: Subscriptions) -> Reply:
    return Reply(SubscriptionsView.model_validate(found), etag=of_version(found.version))
