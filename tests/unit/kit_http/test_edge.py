"""The HTTP edge around the handler: who may call, how often, and what every answer carries."""

import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from builders.proxy import ask, event
from builders.things import API, ID, USER, fail, make, post
from kit import clock
from kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Retryable
from kit.http import PUBLIC, REQUIRED, Api, Rate, Reply, Route, Text, signed_in
from kit.http.etag import of_parts
from kit.identity import Caller, Limit
from kit.limits import Scripts


def test_nobody_is_401_with_a_challenge() -> None:
    """No context and an unreadable one are the same."""
    status, body, headers = ask(API, event("POST", "/api/v1/things", body={}))
    assert (status, body["code"], headers["WWW-Authenticate"]) == (401, "UNAUTHENTICATED", "Bearer")
    broken = event("POST", "/api/v1/things", body={}, caller=USER)
    broken["requestContext"]["authorizer"]["plan"] = "golden"
    assert ask(API, broken)[0] == 401


def test_access_demands_role_plan_and_second_factor() -> None:
    """An admin has every role; a larger plan includes the smaller."""

    def status_of(resource: str, caller: Caller) -> tuple[int, str]:
        status, body, _ = ask(API, event("GET", f"/api/v1/{resource}", caller=caller))
        return status, body.get("code", "")

    assert status_of("admin", USER) == (403, "FORBIDDEN")
    assert status_of("admin", Caller("a", frozenset({"admin"}))) == (200, "")
    assert status_of("paid", USER) == (403, "PLAN_REQUIRED")
    assert status_of("paid", Caller("e", plan="enterprise")) == (200, "")
    assert status_of("careful", USER) == (403, "STEP_UP_REQUIRED")
    now = int(clock.unix())
    assert status_of("careful", Caller("u", step_up_at=now, step_up_level=1)) == (200, "")
    assert status_of("careful", Caller("u", step_up_at=now, step_up_level=2)) == (200, "")
    assert status_of("careful", Caller("u", step_up_at=now)) == (403, "STEP_UP_REQUIRED")
    assert status_of("careful", Caller("u", step_up_at=now - 301, step_up_level=2)) == (
        403,
        "STEP_UP_REQUIRED",
    )


def test_a_degraded_caller_reads_and_changes_nothing() -> None:
    """Revocation cannot be checked, so changes wait."""
    caller = Caller("u", degraded=True)
    assert ask(API, event("GET", "/api/v1/things/{id}", path={"id": ID}, caller=caller))[0] == 200
    status, body, headers = ask(API, event("POST", "/api/v1/things", body={}, caller=caller))
    assert (status, body["code"]) == (503, "DEGRADED")
    assert int(headers["Retry-After"]) > 0


def test_an_exceeded_plan_is_429_with_the_time_to_wait() -> None:
    """Before anything else is looked at, and the headers say where the caller stands."""
    caller = Caller("u", limit=Limit(100, 0, 42, exceeded=True))
    status, body, headers = ask(API, event("POST", "/api/v1/things", raw="{", caller=caller))
    assert (status, body["code"], headers["Retry-After"]) == (429, "LIMIT_EXCEEDED", "42")
    assert headers["RateLimit"] == '"plan";r=0;t=42'
    assert headers["RateLimit-Policy"] == '"plan";q=100;w=3600'


def test_limit_headers_are_on_successes_and_on_refusals() -> None:
    """The tightest limit shows in the X- headers."""
    for raw in ('{"name": "a", "amount": 3}', "{"):
        _, _, headers = ask(API, post(raw))
        assert headers["X-RateLimit-Limit"] == "100"
        assert headers["X-RateLimit-Remaining"] == "99"
        assert headers["X-RateLimit-Reset"] == "1800"


def test_only_pages_of_allowed_origins_may_read_an_answer() -> None:
    """Problems too: a page must be able to show them."""
    api = Api("things", [fail(NotFound())], origins=frozenset({"https://app.example"}))
    _, _, headers = ask(api, event("GET", "/api/v1/failing", headers={"Origin": "https://app.example"}))
    assert headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "X-Request-Id" in headers["Access-Control-Expose-Headers"]
    _, _, headers = ask(api, event("GET", "/api/v1/failing", headers={"Origin": "https://other.example"}))
    assert "Access-Control-Allow-Origin" not in headers


class Away(Scripts):
    def script(self, script: Any, keys: Any, args: Any, /) -> Any:
        raise Retryable


class Full(Scripts):
    def script(self, script: Any, keys: Any, args: Any, /) -> Any:
        self.keys = keys
        return [0, 7, 1]


def limited(redis: Scripts, *, strict: bool = False) -> Api:
    rate = Rate(5, 60, strict=strict)
    route = Route("GET", "/open", lambda _request: {}, id="open", summary="Open", access=PUBLIC, rate=rate)
    return Api("things", [route], redis=lambda: redis)


def test_public_routes_are_limited_by_address() -> None:
    """An IPv6 host is counted by its /64."""
    redis = Full()
    status, _, headers = ask(limited(redis), event("GET", "/api/v1/open", ip="2001:db8:1:2:3:4:5:6"))
    assert (status, headers["Retry-After"]) == (429, "7")
    assert redis.keys == ["limit:open:ip:2001:db8:1:2::"]


def test_without_redis_strict_routes_refuse_and_others_pass() -> None:
    """Signing in fails closed, reading does not."""
    status, body, _ = ask(limited(Away(), strict=True), event("GET", "/api/v1/open"))
    assert (status, body["code"]) == (503, "LIMITS_AWAY")
    assert ask(limited(Away()), event("GET", "/api/v1/open"))[0] == 200


def test_a_request_id_comes_back_and_a_wild_one_is_replaced() -> None:
    """The gateway's own is the second choice."""
    _, _, headers = ask(API, post("{}", headers={"X-Request-Id": "my-request-01"}))
    assert headers["X-Request-Id"] == "my-request-01"
    _, body, headers = ask(API, post("{}", headers={"x-request-id": "a\r\nSet-Cookie: x"}))
    assert headers["X-Request-Id"] == body["request_id"] == "gw-request-1"


def test_a_text_is_sent_as_it_stands_and_its_digest_is_its_tag() -> None:
    """Lines of JSON are no JSON document."""
    lines = '{"a":1}\n{"a":2}\n'
    route = Route(
        "GET",
        "/lines",
        lambda _: Reply(Text(lines), etag=of_parts([lines])),
        id="lines",
        summary="Lines",
        access=PUBLIC,
        media_type="application/x-ndjson",
    )
    answer = Api("things", [route]).handler(event("GET", "/api/v1/lines"), None)
    assert (answer["body"], answer["headers"]["Content-Type"]) == (lines, "application/x-ndjson")
    known = event("GET", "/api/v1/lines", headers={"If-None-Match": answer["headers"]["ETag"]})
    assert Api("things", [route]).handler(known, None)["statusCode"] == 304
    assert of_parts(["a", "b"]) != of_parts(["b", "a"])


def test_versions_travel_as_etags() -> None:
    """428 without If-Match, 412 for a foreign one, 304 for the newest."""
    sent = event("PATCH", "/api/v1/things/{id}", path={"id": ID}, caller=USER)
    assert ask(API, sent)[0] == 428
    assert ask(API, {**sent, "headers": {"If-Match": '"other"'}})[0] == 412
    status, body, headers = ask(API, {**sent, "headers": {"If-Match": '"v3"'}})
    assert (status, body["amount"], headers["ETag"]) == (200, 3, '"v4"')
    known = event("GET", "/api/v1/versioned", headers={"If-None-Match": 'W/"v7", "v8"'})
    assert ask(API, known)[:2] == (304, None)
    assert ask(API, event("GET", "/api/v1/versioned", headers={"If-None-Match": '"v6"'}))[0] == 200


def test_an_empty_answer_has_no_body() -> None:
    """204 and nothing."""
    assert ask(API, event("DELETE", "/api/v1/things"))[:2] == (204, None)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("No such thing"), 404, "NOT_FOUND"),
        (Conflict(), 409, "CONFLICT"),
        (Forbidden(), 403, "FORBIDDEN"),
        (Retryable("away", retry_after_s=9), 503, "TEMPORARILY_UNAVAILABLE"),
        (RuntimeError("secret detail user@example.com"), 500, "INTERNAL"),
    ],
)
def test_what_a_handler_raises_becomes_a_problem(error: Exception, status: int, code: str) -> None:
    """The unexpected says nothing of itself to the client."""
    got, body, headers = ask(Api("things", [fail(error)]), event("GET", "/api/v1/failing"))
    assert (got, body["code"], body["instance"]) == (status, code, "/api/v1/failing")
    assert body["type"] == "urn:treum:problem:" + code.lower().replace("_", "-")
    assert "secret" not in json.dumps(body)
    assert "Traceback" not in json.dumps(body)
    assert ("Retry-After" in headers) == (status == 503)


def test_a_business_refusal_names_its_fields() -> None:
    """Invalid with errors looks like a failed parse."""
    error = Invalid("Mend it", (FieldError("/stop", "ABOVE_ENTRY", "A stop lies below the entry"),))
    _, body, _ = ask(Api("things", [fail(error)]), event("GET", "/api/v1/failing"))
    assert body["errors"] == [
        {"pointer": "/stop", "code": "ABOVE_ENTRY", "detail": "A stop lies below the entry"}
    ]


def test_the_unexpected_is_logged_once_with_its_stack_and_without_personal_data() -> None:
    """The log finds the request by its id; the address inside the message is struck out."""
    out = io.StringIO()
    with redirect_stdout(out):
        ask(
            Api("things", [fail(RuntimeError("no row for user@example.com"))]),
            event("GET", "/api/v1/failing"),
        )
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    request = lines[-1]
    assert (request["message"], request["status"], request["level"], request["Errors"]) == (
        "request",
        500,
        "ERROR",
        1,
    )
    assert request["request_id"] == "gw-request-1"
    assert "user@example.com" not in out.getvalue()


def test_a_table_that_cannot_be_served_is_refused_when_it_is_made() -> None:
    """Two routes at one address, two of one id, idempotency without a database."""
    one = fail(NotFound())
    with pytest.raises(ValueError, match="share its address"):
        Api("things", [one, one])
    keyed = Route("POST", "/a", make, id="a", summary="A", access=signed_in(), idempotency=REQUIRED)
    with pytest.raises(ValueError, match="database"):
        Api("things", [keyed])
    with pytest.raises(ValueError, match="no name"):
        Api("things; drop", [])
