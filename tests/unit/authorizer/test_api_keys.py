"""API keys at the authorizer: where they may stand, what is refused, and that tokens go another way."""

import string
from typing import Any

import pytest

from authorizer import api
from authorizer.adapters.memory import MemoryGate, MemoryKey, MemoryKeyGate, MemoryKeys
from authorizer.model import Rules
from authorizer.service.authorization import Authorizer
from authorizer.service.keys import KeyAuthorizer
from authorizer.service.verification import Verifier
from builders.tokens import AUDIENCE, ISSUER, KID, OURS, token
from kit import clock
from kit.errors import Retryable
from kit.identity import Caller, from_context
from partners.model.key import credential, digest_of

ARN = "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/live/GET/api/v1/signals"
PREFIX, SECRET = "abc123abc123", "A" * 43
GOOD = credential(PREFIX, SECRET)
NETWORK = f"{(0xFFFF << 32 | 0xCB007100):0128b}"[:120]
TOKENS = Authorizer(
    Verifier(MemoryKeys({(ISSUER, KID): OURS.public_key()}), Rules(frozenset({ISSUER}), AUDIENCE)),
    MemoryGate(),
)


@pytest.fixture
def gate() -> MemoryKeyGate:
    made = MemoryKeyGate()
    made.keys[PREFIX] = MemoryKey(
        id="key-1",
        digest=digest_of(SECRET).hex(),
        owner="owner",
        expires_at=clock.unix() + 60,
        scopes=frozenset({"signals:read"}),
    )
    return made


def ask(gate: MemoryKeyGate, ip: str = "203.0.113.7", **headers: str | list[str]) -> Caller:
    many = {name.replace("_", "-"): [one] if isinstance(one, str) else one for name, one in headers.items()}
    event: dict[str, Any] = {
        "methodArn": ARN,
        "resource": "/api/v1/signals",
        "multiValueHeaders": {"Accept": ["*/*"], **many},
        "requestContext": {"requestId": "request-1", "identity": {"sourceIp": ip}},
    }
    return from_context(api.answer(TOKENS, event, lambda: KeyAuthorizer(gate))["context"])


def refused(gate: MemoryKeyGate, **headers: str | list[str]) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask(gate, "203.0.113.7", **headers)


@pytest.mark.parametrize("ip", ["203.0.113.7", "2001:db8::1"])
def test_a_key_is_its_owner_without_roles(gate: MemoryKeyGate, ip: str) -> None:
    for caller in (
        ask(gate, ip, Authorization=f"Bearer {GOOD}"),
        ask(gate, ip, authorization=f"bearer {GOOD}"),
        ask(gate, ip, X_Api_Key=GOOD),
        ask(gate, ip, x_api_key=GOOD),
    ):
        assert (caller.subject, caller.key, caller.plan) == ("owner", "key-1", "enterprise")
        assert (caller.roles, caller.scopes) == (frozenset(), frozenset({"signals:read"}))
        assert caller.limit is not None
        assert not caller.degraded


def test_forged_keys_are_refused(gate: MemoryKeyGate) -> None:
    letters = string.ascii_letters + string.digits + "-_"
    forged = [
        *(credential(PREFIX, SECRET[:at] + "B" + SECRET[at + 1 :]) for at in range(43)),
        *(credential(PREFIX, one * 43) for one in letters if one != "A"),
        credential("abc123abc124", SECRET),
        *(GOOD[:length] for length in range(3, len(GOOD))),
        GOOD + "A",
        GOOD + "=",
        GOOD.upper(),
        GOOD.replace("tk_", "tk_tk_"),
        GOOD.replace("A", "А"),  # noqa: RUF001 - a Cyrillic letter that looks the same
        GOOD + "\n",
        "tk__",
        "tk_" + "a" * 5000,
    ]
    for one in forged:
        refused(gate, Authorization=f"Bearer {one}")
        refused(gate, X_Api_Key=one)
    assert not gate.counted


def test_a_credential_stands_in_one_place_once(gate: MemoryKeyGate) -> None:
    refused(gate)
    refused(gate, X_Api_Key=[GOOD, GOOD])
    refused(gate, Authorization=[f"Bearer {GOOD}", f"Bearer {GOOD}"])
    refused(gate, Authorization=GOOD)
    refused(gate, Authorization=f"Basic  {GOOD}")
    refused(gate, X_Api_Key=f"Bearer {GOOD}")


def test_no_token_comes_in_by_the_door_of_keys(gate: MemoryKeyGate) -> None:
    now = int(clock.unix())
    honest = token({"iat": now, "exp": now + 900})
    refused(gate, X_Api_Key=honest)
    assert ask(gate, Authorization=f"Bearer {honest}", X_Api_Key=GOOD).key == ""


def test_an_expired_key_is_refused(gate: MemoryKeyGate) -> None:
    gate.keys[PREFIX] = MemoryKey("key-1", digest_of(SECRET).hex(), "owner", clock.unix() - 1)
    refused(gate, X_Api_Key=GOOD)


def test_outside_of_its_list_a_key_has_no_scopes(gate: MemoryKeyGate) -> None:
    was = gate.keys[PREFIX]
    gate.keys[PREFIX] = MemoryKey(
        was.id, was.digest, was.owner, was.expires_at, scopes=was.scopes, networks=(NETWORK,)
    )
    inside, outside = ask(gate, X_Api_Key=GOOD), ask(gate, "203.0.114.7", X_Api_Key=GOOD)

    assert (inside.barred, inside.scopes) == ("", frozenset({"signals:read"}))
    assert (outside.barred, outside.scopes, outside.limit) == ("network", frozenset(), None)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask(gate, "no address", X_Api_Key=GOOD)


def test_while_keys_cannot_be_checked_nobody_is_let_in(gate: MemoryKeyGate) -> None:
    gate.whole = False
    with pytest.raises(Retryable):
        ask(gate, X_Api_Key=GOOD)


def test_an_exhausted_quota_is_told_to_the_edge(gate: MemoryKeyGate) -> None:
    was = gate.keys[PREFIX]
    gate.keys[PREFIX] = MemoryKey(was.id, was.digest, was.owner, was.expires_at, quota=2)
    limits = [ask(gate, X_Api_Key=GOOD).limit for _ in range(3)]
    assert [one.exceeded for one in limits if one] == [False, False, True]
