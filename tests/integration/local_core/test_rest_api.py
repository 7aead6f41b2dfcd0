"""The REST API answers as API Gateway would: events, authorizer, refusals, limits."""

import base64
import json
from typing import Any

import pytest

from integration.local_core.conftest import Answer, Running

PROBLEM = "application/problem+json"


def echoed(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer
    event: dict[str, Any] = json.loads(answer.body)["event"]
    return event


def refused(answer: Answer, status: int, code: str) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == PROBLEM
    problem = json.loads(answer.body)
    assert (problem["status"], problem["code"]) == (status, code)


def test_the_proxy_event_carries_the_request_as_payload_format_1_does(running: Running) -> None:
    answer = running.http(
        "GET", "/api/v1/echo?a=1&a=2&b=%20x&c=", headers={"X-Mine": "yes", "User-Agent": "t"}
    )
    event = echoed(answer)
    assert event["resource"] == event["path"] == "/api/v1/echo"
    assert event["httpMethod"] == "GET"
    assert event["queryStringParameters"] == {"a": "2", "b": " x", "c": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [" x"], "c": [""]}
    assert event["headers"]["X-Mine"] == "yes"
    assert event["multiValueHeaders"]["X-Mine"] == ["yes"]
    assert event["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert event["body"] is None
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "t"
    assert context["requestId"] == answer.headers["x-amzn-requestid"]
    assert "authorizer" not in context


def test_absent_query_path_parameters_and_body_are_null(running: Running) -> None:
    event = echoed(running.http("POST", "/api/v1/echo"))
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["pathParameters"] is None
    assert event["body"] is None


def test_path_parameters_are_decoded_and_literals_win_over_them(running: Running) -> None:
    event = echoed(running.http("GET", "/api/v1/items/7%2F8%20x", headers={"Authorization": "good"}))
    assert event["resource"] == "/api/v1/items/{id}"
    assert event["pathParameters"] == {"id": "7/8 x"}
    assert echoed(running.http("GET", "/api/v1/items/new"))["resource"] == "/api/v1/items/new"


def test_a_greedy_parameter_takes_the_rest_of_the_path(running: Running) -> None:
    event = echoed(running.http("GET", "/api/v1/files/a/b/c.txt"))
    assert event["pathParameters"] == {"proxy": "a/b/c.txt"}


def test_text_bodies_pass_as_text_and_binary_ones_as_base64(running: Running) -> None:
    event = echoed(running.http("POST", "/api/v1/echo", body="ü".encode()))
    assert (event["body"], event["isBase64Encoded"]) == ("ü", False)
    headers = {"Content-Type": "application/octet-stream"}
    event = echoed(running.http("POST", "/api/v1/echo", body=b"\x00\xff", headers=headers))
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\x00\xff", True)


def test_a_base64_answer_of_a_binary_type_is_decoded(running: Running) -> None:
    answer = running.http("GET", "/api/v1/echo?do=binary")
    assert answer.body == b"\x00\x01\x02\x80\xff"


def test_single_and_many_valued_headers_are_merged(running: Running) -> None:
    answer = running.http("GET", "/api/v1/echo?do=cookies")
    assert answer.status == 201
    assert [value for name, value in answer.pairs if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert answer.headers["x-flag"] == "true"
    assert answer.headers["content-type"] == "application/json"


def test_the_authorizers_context_reaches_the_function_as_flat_strings(running: Running) -> None:
    event = echoed(running.http("GET", "/api/v1/items/1", headers={"Authorization": "good-1"}))
    assert event["requestContext"]["authorizer"] == {
        "principalId": "good-1",
        "sub": "good-1",
        "level": "3",
        "flag": "true",
        "source": "REQUEST",
    }


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("deny", 403, "ACCESS_DENIED"),
        ("unknown", 401, "UNAUTHORIZED"),
        ("broken", 500, "AUTHORIZER_FAILURE"),
        ("nonsense", 500, "AUTHORIZER_CONFIGURATION_ERROR"),
    ],
)
def test_what_the_authorizer_says_becomes_the_answer(
    running: Running, token: str, status: int, code: str
) -> None:
    refused(running.http("GET", "/api/v1/items/1", headers={"Authorization": token}), status, code)


def test_without_its_identity_source_the_authorizer_is_not_called(running: Running) -> None:
    meter = running.platform.functions.pool("fx-local-gate").meter
    before = meter.invocations
    refused(running.http("GET", "/api/v1/items/1"), 401, "UNAUTHORIZED")
    assert meter.invocations == before


def test_an_unknown_path_is_what_the_template_makes_of_a_missing_token(running: Running) -> None:
    for method, path in (("GET", "/api/v1/none"), ("DELETE", "/api/v1/items/1"), ("GET", "/api/v1/items/")):
        answer = running.http(method, path)
        assert answer.status == 404
        assert answer.headers["x-amzn-errortype"] == "MISSING_AUTHENTICATION_TOKEN"


def test_a_preflight_is_answered_by_the_mock_of_the_document(running: Running) -> None:
    answer = running.http("OPTIONS", "/api/v1/echo", headers={"Origin": "https://app.example"})
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET,POST"


@pytest.mark.parametrize("what", ["malformed", "raise", "exit", "big"])
def test_a_function_that_fails_or_answers_nonsense_is_a_502(running: Running, what: str) -> None:
    answer = running.http("GET", f"/api/v1/echo?do={what}")
    refused(answer, 502, "DEFAULT_5XX")
    assert answer.headers["x-kind"] == "server"


def test_a_function_slower_than_the_integration_timeout_is_a_504(running: Running) -> None:
    refused(running.http("GET", "/api/v1/echo?do=sleep&for=1.9"), 504, "INTEGRATION_TIMEOUT")


def test_a_body_over_ten_megabytes_is_a_413(running: Running) -> None:
    answer = running.http("POST", "/api/v1/echo", body=b"x" * (10 * 1024 * 1024 + 1))
    assert answer.status == 413


def test_an_event_over_six_megabytes_is_a_413_of_the_gateway(running: Running) -> None:
    refused(running.http("POST", "/api/v1/echo", body=b"x" * (7 * 1024 * 1024)), 413, "REQUEST_TOO_LARGE")


def test_a_gateway_response_carries_the_request_id_header_it_names(running: Running) -> None:
    answer = running.http("GET", "/api/v1/items/1")
    assert answer.headers["x-request-id"] == answer.headers["x-amzn-requestid"]
    assert json.loads(answer.body)["request_id"] == answer.headers["x-request-id"]
