"""Usage of an application's keys."""

from kit import clock
from kit.http import Request, Routes, signed_in
from partners import bootstrap
from partners.api.answers import application, owner
from partners.errors import ApplicationUnknown
from partners.schemas.applications import HourView, UsageQuery, UsageView

routes = Routes()


@routes.get(
    "/partners/applications/{id}/usage",
    summary="What was asked with an application's keys, by hour",
    query=UsageQuery,
    reply=UsageView,
    access=signed_in(),
    errors=(ApplicationUnknown,),
)
def get_usage(request: Request) -> UsageView:
    """Read one's own."""
    query: UsageQuery = request.query
    since, until = query.period(clock.now())
    hours = bootstrap.api.usage().read(owner(request), application(request), since, until)
    return UsageView(
        since=since,
        until=until,
        requests=sum(one.requests for one in hours),
        limited=sum(one.limited for one in hours),
        barred=sum(one.barred for one in hours),
        hours=tuple(HourView.model_validate(one) for one in hours),
    )
