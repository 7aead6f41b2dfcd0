"""What the log may hold, and that the request's line is a metric CloudWatch understands."""

import io
import json
from contextlib import redirect_stdout

from kit import telemetry


def written(line: dict[str, object]) -> dict[str, object]:
    """Return the line that ``request_line`` writes for ``line``."""
    out = io.StringIO()
    with redirect_stdout(out):
        telemetry.request_line(route="a.b", status=200, ms=1.23456, **line)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def test_the_request_line_is_log_and_emf_metric_in_one() -> None:
    """Every metric and dimension the directive names has its value at the top level."""
    telemetry.begin("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "request-1")
    line = written({"request_id": "request-1"})
    aws = line["_aws"]
    assert isinstance(aws, dict)
    (directive,) = aws["CloudWatchMetrics"]
    assert isinstance(aws["Timestamp"], int)
    named = [one["Name"] for one in directive["Metrics"]] + directive["Dimensions"][0]
    assert set(named) <= line.keys()
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert line["correlation_id"] == "request-1"
    assert line["Latency"] == 1.235


def test_a_malformed_traceparent_is_dropped() -> None:
    """W3C: what cannot be parsed is as if it had not been sent."""
    for bad in (
        "x",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad-01",
    ):
        assert telemetry.begin(bad, "c") == telemetry.Trace("", "c")
    assert telemetry.current().correlation_id == "c"


def test_sensitive_names_and_personal_texts_are_masked() -> None:
    """At any depth, and inside sentences."""
    kept = telemetry.masked(
        {
            "password": "x",
            "refresh_token": "y",
            "user": {"email": "a@b.in", "plan": "free"},
            "notes": ["mail a.b+c@example.co.in or +919876543210", "Bearer eyJhbGciOi.eyJzdWIi.abc-_"],
            "count": 3,
        }
    )
    assert kept == {
        "password": "***",
        "refresh_token": "***",
        "user": {"email": "***", "plan": "free"},
        "notes": ["mail *** or ***", "Bearer ***"],
        "count": 3,
    }


def test_a_counted_metric_carries_its_dimensions() -> None:
    """Business metrics are one EMF line each."""
    out = io.StringIO()
    with redirect_stdout(out):
        telemetry.count("SignalsPublished", 2, strategy="cross")
    line = json.loads(out.getvalue())
    assert (line["SignalsPublished"], line["strategy"]) == (2, "cross")
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service", "strategy"]]
