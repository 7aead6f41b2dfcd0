"""API keys at the edge: a scope opens its routes and nothing else, and every refusal says what to do."""

from typing import Any

import pytest

from kit.errors import Forbidden
from kit.http import access, role, signed_in
from kit.http.access import KeyNotAccepted, KeyOutsideNetwork, ScopeRequired
from kit.identity import Caller, from_context, to_context

KEY = Caller("owner", plan="enterprise", scopes=frozenset({"signals:read"}), key="key-1")
SIGNALS = signed_in().with_scope("signals:read")


def test_a_scope_opens_its_routes() -> None:
    access.check(SIGNALS, KEY, "GET")


@pytest.mark.parametrize(
    ("needed", "caller", "error"),
    [
        (signed_in(), KEY, KeyNotAccepted),
        (role("admin"), KEY, KeyNotAccepted),
        (signed_in().with_scope("market:read"), KEY, ScopeRequired),
        (SIGNALS, Caller("owner", key="key-1"), ScopeRequired),
        (SIGNALS, Caller("owner", key="key-1", barred="network"), KeyOutsideNetwork),
        (signed_in(), Caller("owner", key="key-1", barred="network"), KeyOutsideNetwork),
        (role("admin").with_scope("signals:read"), KEY, Forbidden),
    ],
)
def test_everything_else_is_403(needed: access.Access, caller: Caller, error: type[Forbidden]) -> None:
    with pytest.raises(error) as raised:
        access.check(needed, caller, "GET")
    assert raised.value.status == 403


def test_a_refusal_names_the_scope_that_is_needed() -> None:
    with pytest.raises(ScopeRequired, match="market:read"):
        access.check(signed_in().with_scope("market:read"), KEY, "GET")


def test_a_token_needs_no_scope_and_gets_none() -> None:
    access.check(SIGNALS, Caller("somebody"), "GET")
    access.check(signed_in(), Caller("somebody", scopes=frozenset({"signals:read"})), "GET")


def test_the_context_carries_the_key_and_costs_tokens_nothing() -> None:
    barred = Caller("owner", key="key-1", barred="network")
    for one in (KEY, barred):
        assert from_context(to_context(one)) == one
    told: dict[str, Any] = to_context(Caller("somebody"))
    assert "key" not in told
    assert "barred" not in told
