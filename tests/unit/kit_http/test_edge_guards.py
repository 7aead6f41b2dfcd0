"""What every answer tells browsers, and what every refusal leaves in the log."""

import io
import json
from contextlib import redirect_stdout
from datetime import datetime, timedelta

from builders.proxy import ask, event
from builders.things import API, post
from kit.identity import Caller


def test_every_answer_says_that_no_browser_keeps_renders_or_frames_it() -> None:
    """Successes and refusals, known addresses or not (OWASP ASVS 5.0, V3.4)."""
    unknown = {**event("GET", "/api/v1/things"), "resource": "/api/v1/nothing"}
    for sent in (post('{"name": "a", "amount": 3}'), post("{"), event("DELETE", "/api/v1/things"), unknown):
        headers = API.handler(sent, None)["headers"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        policy = {one.strip() for one in headers["Content-Security-Policy"].split(";")}
        assert policy >= {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "sandbox"}
        age, scope = headers["Strict-Transport-Security"].split("; ")
        assert int(age.removeprefix("max-age=")) >= 31_536_000
        assert scope == "includeSubDomains"


def test_a_refusal_is_one_line_that_says_who_was_refused_what_and_why() -> None:
    """When in UTC, where, who, what and the request's id, whatever a name holds; the same for refused input."""
    somebody = Caller('somebody\n{"level": "forged"}')
    out = io.StringIO()
    with redirect_stdout(out):
        ask(API, event("GET", "/api/v1/admin", caller=somebody))
        ask(API, post("{"))
    forbidden, malformed = (json.loads(line) for line in out.getvalue().splitlines())
    assert (forbidden["subject"], forbidden["status"], forbidden["code"]) == (
        somebody.subject,
        403,
        "FORBIDDEN",
    )
    assert (malformed["status"], malformed["code"]) == (400, "MALFORMED")
    for line in (forbidden, malformed):
        assert line["route"].startswith("things.")
        assert line["request_id"] == "gw-request-1"
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
