"""What the caller did here. ``/analytics/me/learning`` comes with the first facts of learning."""

from analytics import bootstrap
from analytics.api.answers import tagged
from analytics.model.summary import Summary
from analytics.schemas.people import FollowingView, MoneyView, PlanView, SummaryView
from kit.http import Reply, Request, Routes, signed_in

routes = Routes()


@routes.get(
    "/analytics/me/summary",
    summary="What you paid and got back, your plan since when, and which signals you follow",
    reply=SummaryView,
    access=signed_in(),
    etag=True,
)
def get_my_summary(request: Request) -> Reply:
    """Read the caller's own facts."""
    return tagged(_view(bootstrap.api.answering().summary(request.user.subject)))


def _view(one: Summary) -> SummaryView:
    following = None
    if one.following_since is not None:
        following = FollowingView(symbols=one.symbols, strategies=one.strategies, since=one.following_since)
    return SummaryView(
        bought=MoneyView(amount=one.bought),
        purchases=one.purchases,
        refunded=MoneyView(amount=one.refunded),
        charged_back=MoneyView(amount=one.charged_back),
        topped_up=MoneyView(amount=one.topped_up),
        plan=PlanView(name=one.plan, since=one.plan_since, until=one.plan_until),
        following=following,
    )
