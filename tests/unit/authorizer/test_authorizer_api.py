"""The Lambda face: events in, policies out, one spelling of refusal."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from authorizer import api
from authorizer.adapters.memory import MemoryGate, MemoryKeys
from authorizer.model import Rules, route_class
from authorizer.service.authorization import Authorizer
from authorizer.service.verification import Verifier
from builders.tokens import AUDIENCE, CLAIMS, ISSUER, KID, OURS, token
from kit import clock
from kit.identity import from_context

ARN = "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/live/GET/api/v1/users/me"


def authorizer(gate: MemoryGate | None = None) -> Authorizer:
    keys = MemoryKeys({(ISSUER, KID): OURS.public_key()})
    return Authorizer(Verifier(keys, Rules(frozenset({ISSUER}), AUDIENCE)), gate or MemoryGate())


def honest(**change: Any) -> str:
    now = int(clock.unix())
    return token({"iat": now, "exp": now + 900, **change})


def event(
    *authorization: str, name: str = "Authorization", resource: str = "/api/v1/users/me"
) -> dict[str, Any]:
    many = {"Accept": ["*/*"], **({name: list(authorization)} if authorization else {})}
    return {
        "type": "REQUEST",
        "methodArn": ARN,
        "resource": resource,
        "headers": {key: values[-1] for key, values in many.items()},
        "multiValueHeaders": many,
        "requestContext": {"requestId": "request-1"},
    }


def refused(given: Mapping[str, Any], by: Authorizer | None = None) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as raised:
        api.answer(by or authorizer(), given)
    assert type(raised.value) is Exception


def test_a_good_token_may_call_the_whole_stage_and_nothing_else() -> None:
    policy = api.answer(authorizer(), event(f"Bearer {honest()}"))
    (statement,) = policy["policyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/live/*",
    }
    assert policy["principalId"] == CLAIMS["sub"]


def test_the_context_is_flat_text_that_names_the_caller() -> None:
    claims = {"roles": ["user", "analyst"], "plan": "premium", "scope": "a b", "sua": 7, "sul": 2}
    context = api.answer(authorizer(), event(f"Bearer {honest(**claims)}"))["context"]
    assert all(isinstance(value, str) for value in context.values())
    caller = from_context(context)
    assert (caller.subject, caller.family, caller.plan) == (CLAIMS["sub"], CLAIMS["fam"], "premium")
    assert caller.roles == frozenset({"user", "analyst"})
    assert caller.scopes == frozenset({"a", "b"})
    assert (caller.step_up_at, caller.step_up_level, caller.degraded) == (7, 2, False)
    assert caller.limit is not None
    assert (caller.limit.limit, caller.limit.remaining) == (1000, 999)


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_header_and_scheme_are_read_in_any_case(name: str, scheme: str) -> None:
    assert api.answer(authorizer(), event(f"{scheme} {honest()}", name=name))["principalId"]


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic YTpi", "token", "Bearer  x.y.z", "Bearer a.b.c d"]
)
def test_what_is_no_bearer_token_is_refused(value: str) -> None:
    refused(event(value))


def test_no_header_and_two_headers_are_refused() -> None:
    refused(event())
    refused(event(f"Bearer {honest()}", f"Bearer {honest()}"))
    twice = event(f"Bearer {honest()}")
    twice["multiValueHeaders"]["AUTHORIZATION"] = [f"Bearer {honest()}"]
    refused(twice)


def test_an_exhausted_quota_is_told_to_the_edge() -> None:
    ours = authorizer()
    good = event(f"Bearer {honest()}")
    contexts = [api.answer(ours, good)["context"] for _ in range(101)]
    limits = [from_context(context).limit for context in contexts]
    assert [one.exceeded for one in limits if one] == [False] * 100 + [True]


def test_while_the_gate_is_away_callers_are_degraded() -> None:
    caller = from_context(
        api.answer(authorizer(MemoryGate(away=True)), event(f"Bearer {honest()}"))["context"]
    )
    assert caller.degraded
    assert caller.limit is None


def test_revoked_and_stale_tokens_are_refused_and_the_reason_is_logged_without_the_token(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gate = MemoryGate()
    ours = authorizer(gate)
    secret = honest()
    gate.refuse_before(CLAIMS["sub"], int(clock.unix()) + 1)
    refused(event(f"Bearer {secret}"), ours)
    gate.revoke_family(CLAIMS["fam"])
    refused(event(f"Bearer {secret}"), ours)
    written = capsys.readouterr().out
    assert [json.loads(line)["reason"] for line in written.splitlines()] == ["stale", "revoked"]
    assert secret not in written


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("/api/v1/trading/orders", "trading"),
        ("/api/v1/signals/generate", "generation"),
        ("/api/v1/signals/{id}", "api"),
        ("/api/v1/instruments", "quotes"),
        ("/api/v1/analytics/me/summary", "dashboard"),
        ("/docs", "api"),
        ("", "api"),
    ],
)
def test_a_route_belongs_to_one_rate_class(resource: str, name: str) -> None:
    assert route_class(resource) == name


def test_trading_has_a_burst_of_its_own() -> None:
    ours = authorizer()
    orders = event(f"Bearer {honest(plan='enterprise')}", resource="/api/v1/trading/orders")
    limits = [from_context(api.answer(ours, orders)["context"]).limit for _ in range(21)]
    assert [one.exceeded for one in limits if one] == [False] * 20 + [True]
    me = from_context(api.answer(ours, event(f"Bearer {honest(plan='enterprise')}"))["context"]).limit
    assert me is not None
    assert not me.exceeded
