"""What the routes share: the range asked for, tags of what is shown, files."""

import csv
from collections.abc import Iterable
from datetime import timedelta
from io import StringIO
from typing import Any, Final

from analytics.model.days import day_of
from analytics.service.answering import Span
from kit import clock
from kit.http import Reply, Request, Text, View
from kit.http.etag import of_parts

_DEFAULT: Final = timedelta(days=29)
_CSV: Final = "text/csv; charset=utf-8; header=present"


def span_of(query: Any) -> Span:
    """Return the days that ``query`` asks for. Raises ``RangeTooLong``."""
    last = query.last or day_of(clock.now())
    return Span(query.first or last - _DEFAULT, last)


def tagged(view: View) -> Reply:
    """Return ``view`` with a tag that changes when it does."""
    return Reply(view, etag=of_parts([view.model_dump_json()]))


def wants_file(request: Request) -> bool:
    """Whether the answer is to be CSV: by ``format``, else where ``Accept`` names it before JSON."""
    if request.query.format is not None:
        return bool(request.query.format == "csv")
    named = [one.partition(";")[0].strip() for one in request.headers.get("accept", "").split(",")]
    known = [one for one in named if one in {"text/csv", "application/json"}]
    return known[:1] == ["text/csv"]


def file(rows: Iterable[View], names: Iterable[str]) -> Reply:
    """Return RFC 4180 lines, the first with ``names``: numbers, days and our own words only."""
    held = StringIO()
    writer = csv.DictWriter(held, [*names])
    writer.writeheader()
    writer.writerows(one.model_dump(mode="json") for one in rows)
    text = held.getvalue()
    return Reply(Text(text), headers=(("Content-Type", _CSV),), etag=of_parts(["csv", text]))
