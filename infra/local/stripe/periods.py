"""Billing periods: the k-th end counted from the anchor, so that the 31st comes back after February."""

import calendar
from datetime import UTC, datetime, timedelta

from local.stripe.records import Body


def boundary(anchor: int, recurring: Body, number: int) -> int:
    """Return when the ``number``-th period after ``anchor`` (Unix seconds, UTC) begins."""
    steps = recurring["interval_count"] * number
    start = datetime.fromtimestamp(anchor, UTC)
    if recurring["interval"] in {"day", "week"}:
        return int(
            (start + timedelta(days=steps * (7 if recurring["interval"] == "week" else 1))).timestamp()
        )
    months = steps * (12 if recurring["interval"] == "year" else 1) + start.month - 1
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
