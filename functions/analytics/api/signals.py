"""What signals came to, for staff."""

from analytics import bootstrap
from analytics.api.answers import span_of, tagged
from analytics.errors import RangeTooLong
from analytics.model.accuracy import Accuracy
from analytics.schemas.questions import AccuracyIn
from analytics.schemas.signals import AccuracyRow, AccuracyView
from kit.http import Reply, Request, Routes, role

routes = Routes()


@routes.get(
    "/analytics/admin/signals",
    summary="What promises came to, by strategy and month of publication; unverified, for staff only",
    query=AccuracyIn,
    reply=AccuracyView,
    access=role("auditor", "compliance"),
    errors=(RangeTooLong,),
    etag=True,
)
def get_signal_accuracy(request: Request) -> Reply:
    """Read accuracy."""
    asked: AccuracyIn = request.query
    found = bootstrap.api.answering().accuracy(span_of(asked), asked.strategy)
    return tagged(AccuracyView(rows=tuple(_row(*one) for one in found)))


def _row(strategy: str, month: str, came_to: Accuracy) -> AccuracyRow:
    return AccuracyRow(
        strategy=strategy,
        month=month,
        published=came_to.published,
        open=came_to.open,
        closed=came_to.closed,
        won=came_to.won,
        lost=came_to.lost,
        voided=came_to.voided,
        recalled=came_to.recalled,
        win_rate=came_to.win_rate,
        win_rate_low=came_to.low,
        win_rate_high=came_to.high,
        average_r=came_to.average_r,
    )
