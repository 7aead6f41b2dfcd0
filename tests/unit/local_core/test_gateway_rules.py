"""The gateway's rules without a port: routing, policies, proxy answers, refusals, route selection."""

import asyncio
import json
from typing import Any

import pytest

from local.gateway.authorizer import Allowed, Authorizers, judge
from local.gateway.events import flat_context, is_binary
from local.gateway.hub import route_key
from local.gateway.proxy import MalformedProxyResponseError, read_response
from local.gateway.responses import GatewayResponses, Refusal
from local.gateway.routing import Router
from local.model import Invocation, RequestAuthorizer, RestRoute, SocketApi

ARN = "arn:aws:execute-api:ap-south-1:000000000000:local/api/GET/api/v1/items/1"


def policy(*statements: tuple[str, Any], context: Any = None) -> Invocation:
    listed = [
        {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
        for effect, resource in statements
    ]
    answer = {"principalId": "p", "policyDocument": {"Statement": listed}, "context": context}
    return Invocation(json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (policy(("Allow", ARN)), Allowed({"principalId": "p"})),
        (policy(("Allow", "*")), Allowed({"principalId": "p"})),
        (
            policy(("Allow", [ARN.replace("/1", "/2"), ARN.replace("/1", "/*")])),
            Allowed({"principalId": "p"}),
        ),
        (policy(("Allow", ARN.replace("GET", "POST"))), "ACCESS_DENIED"),
        (policy(("Allow", ARN.replace("/1", "/[1]"))), "ACCESS_DENIED"),
        (policy(("Allow", "*"), ("Deny", ARN)), "ACCESS_DENIED"),
        (policy(), "ACCESS_DENIED"),
        (policy(("Allow", "*"), context={"nested": {"a": 1}}), "AUTHORIZER_CONFIGURATION_ERROR"),
        (Invocation(b"null"), "AUTHORIZER_CONFIGURATION_ERROR"),
        (Invocation(b"not json"), "AUTHORIZER_CONFIGURATION_ERROR"),
        (
            Invocation(b'{"principalId": 7, "policyDocument": {"Statement": []}}'),
            "AUTHORIZER_CONFIGURATION_ERROR",
        ),
        (Invocation(b'{"errorMessage": "Unauthorized"}', "Unhandled"), "UNAUTHORIZED"),
        (Invocation(b'{"errorMessage": "unauthorized: no"}', "Unhandled"), "AUTHORIZER_FAILURE"),
        (Invocation(b'{"errorMessage": "Rate Exceeded"}', "Throttled"), "AUTHORIZER_FAILURE"),
    ],
)
def test_an_authorizers_answer_is_judged_as_api_gateway_judges_it(outcome: Invocation, verdict: Any) -> None:
    assert judge(outcome, ARN) == verdict


class Counting:
    """An invoker that allows everything and counts."""

    def __init__(self) -> None:
        self.calls = 0

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        self.calls += 1
        return policy(("Allow", "*"))

    async def invoke_async(self, function: str, payload: bytes) -> None:
        raise AssertionError("an authorizer is never invoked asynchronously")


@pytest.mark.parametrize(("ttl_s", "calls"), [(0, 3), (60, 2)])
def test_an_allowance_is_kept_for_its_ttl_for_the_same_caller_only(ttl_s: int, calls: int) -> None:
    invoker = Counting()
    authorizers = Authorizers(invoker)
    guard = RequestAuthorizer("gate", ("header:authorization",), ttl_s)

    async def ask() -> None:
        for token in ("one", "one", "two"):
            event = {"headers": {"Authorization": token}}
            assert isinstance(await authorizers.check(guard, event, ARN), Allowed)

    asyncio.run(ask())
    assert invoker.calls == calls


def test_context_values_become_strings_as_api_gateway_makes_them() -> None:
    context = {"a": "x", "b": True, "c": 3, "d": None, "e": 1.5}
    assert flat_context(context) == {"a": "x", "b": "true", "c": "3", "e": "1.5"}
    assert flat_context({"a": ["x"]}) is None


ROUTES = [
    RestRoute("GET", path, path)
    for path in ("/", "/a", "/a/{id}", "/a/new", "/a/{id}/b", "/files/{proxy+}", "/files/fixed")
]


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/", "/", {}),
        ("/a", "/a", {}),
        ("/a/7", "/a/{id}", {"id": "7"}),
        ("/a/new", "/a/new", {}),
        ("/a/new/b", "/a/{id}/b", {"id": "new"}),
        ("/a/x%2Fy/b", "/a/{id}/b", {"id": "x/y"}),
        ("/files/fixed", "/files/fixed", {}),
        ("/files/fixed/more", "/files/{proxy+}", {"proxy": "fixed/more"}),
    ],
)
def test_the_most_literal_route_is_chosen(path: str, route: str, parameters: dict[str, str]) -> None:
    match = Router(ROUTES).match("GET", path)
    assert match is not None
    assert (match.route.path, match.parameters) == (route, parameters)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/a"), ("GET", "/a/"), ("GET", "/b"), ("GET", "/files/")]
)
def test_what_no_route_names_matches_nothing(method: str, path: str) -> None:
    assert Router(ROUTES).match(method, path) is None


MALFORMED = [
    b"null",
    b"[]",
    b"not json",
    b"{}",
    b'{"statusCode": "many"}',
    b'{"statusCode": true}',
    b'{"statusCode": 99}',
    b'{"statusCode": 200, "body": {"a": 1}}',
    b'{"statusCode": 200, "unknown": 1}',
    b'{"statusCode": 200, "headers": []}',
    b'{"statusCode": 200, "headers": {"A": ["list"]}}',
    b'{"statusCode": 200, "headers": {"A": "x\\r\\nSet-Cookie: stolen=1"}}',
    b'{"statusCode": 200, "headers": {"A b": "x"}}',
    b'{"statusCode": 200, "multiValueHeaders": {"A": "text"}}',
    b'{"statusCode": 200, "isBase64Encoded": true, "body": "%%"}',
]


@pytest.mark.parametrize("payload", MALFORMED)
def test_an_answer_that_is_no_proxy_response_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedProxyResponseError):
        read_response(payload, ["*/*"], "*/*")


def test_base64_is_decoded_only_for_the_apis_binary_types() -> None:
    payload = b'{"statusCode": 200, "isBase64Encoded": true, "body": "aGk=", "headers": {"content-type": "image/png"}}'
    assert read_response(payload, ["image/*"], "").body == b"hi"
    assert read_response(payload, [], "").body == b"aGk="


def test_a_binary_type_matches_itself_its_group_and_everything() -> None:
    assert is_binary("image/png; q=1", ["image/png"])
    assert is_binary("IMAGE/PNG", ["image/*"])
    assert is_binary("image/png", ["*/*"])
    assert not is_binary("text/plain", ["image/*"])
    assert not is_binary("", ["*/*"])


def test_a_refusal_falls_back_from_its_own_entry_to_its_class_and_to_awss_words() -> None:
    own = {"ACCESS_DENIED": {"statusCode": "404", "responseTemplates": {"application/json": '{"own": 1}'}}}
    general = {"DEFAULT_4XX": {"responseTemplates": {"text/plain": "$context.status $context.error.message"}}}
    denied = Refusal("ACCESS_DENIED")
    assert GatewayResponses(own).render(denied).status == 404
    assert GatewayResponses(general).render(denied).body.startswith(b"403 User is not authorized")
    assert json.loads(GatewayResponses({}).render(denied).body)["message"].startswith(
        "User is not authorized"
    )


def test_a_refusal_cannot_be_broken_by_what_the_client_sent() -> None:
    entry = {"DEFAULT_4XX": {"responseTemplates": {"application/json": '{"path": "$context.path"}'}}}
    answer = GatewayResponses(entry).render(Refusal("UNAUTHORIZED", {"path": '/x","admin":"1\\'}))
    assert json.loads(answer.body) == {"path": '/x","admin":"1\\'}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ('{"action": "say"}', "say"),
        ('{"action": "other"}', "$default"),
        ('{"action": "$connect"}', "$default"),
        ('{"action": ["say"]}', "$default"),
        ("[]", "$default"),
        ("not json", "$default"),
        (b"\xff", "$default"),
        ("", "$default"),
    ],
)
def test_a_message_selects_a_route_and_never_a_reserved_one(body: str | bytes, key: str) -> None:
    api = SocketApi({"say": "f", "$connect": "f", "$disconnect": "f", "$default": "f"})
    assert route_key(api, body) == key
