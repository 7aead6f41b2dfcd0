"""What a privileged action leaves behind."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kit import audit
from kit.identity import Caller
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping

NAMES = st.text(st.characters(max_codepoint=127), max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@dataclass(frozen=True)
class Asked:
    id: str = "request-1"
    user: Caller = field(default_factory=lambda: Caller("admin-1", frozenset({"user", "admin"})))
    ip: str = "203.0.113.7"


@given(PLAIN)
def test_a_digest_is_that_of_the_canonical_json(state: Any) -> None:
    assert audit.digest(state) == hashlib.sha256(rfc8785.dumps(state)).hexdigest()


def test_times_and_decimals_are_texts_in_a_digest() -> None:
    @dataclass(frozen=True)
    class State:
        at: datetime
        price: Decimal

    state = State(datetime(2026, 11, 1, tzinfo=UTC), Decimal("10.50"))
    assert audit.digest(state) == audit.digest({"at": "2026-11-01T00:00:00Z", "price": "10.50"})


@pytest.mark.parametrize("state", [1.5, [0.0], {"a": {"b": 2.0}}, {"é": 1}, {1: "one"}, 2**53])
def test_what_has_no_one_form_is_refused(state: Any) -> None:
    with pytest.raises(TypeError):
        audit.digest(state)


def test_an_action_names_actor_object_and_both_states() -> None:
    told = audit.performed(
        audit.system("payments-tasks"), "refund.approve", kind="refund", id="r-1", before={"state": "asked"}
    )
    fact = told.data
    assert (told.subject, told.type, fact.actor) == ("r-1", "action.performed", "system:payments-tasks")
    assert (fact.action, fact.kind, fact.object_id) == ("refund.approve", "refund", "r-1")
    assert (fact.before, fact.after) == (audit.digest({"state": "asked"}), None)


def test_a_caller_acts_with_all_roles_and_a_sealed_address() -> None:
    vault = MemoryVault()
    sealer = Sealer(vault, MemoryWrapping())
    fact = audit.Witness(sealer.seal).acted(Asked(), "user.grant_plan", kind="user", id="u-1", after=1).data
    assert fact.roles == ("admin", "user")
    assert fact.request_id == "request-1"
    assert fact.network is not None
    assert "203.0" not in fact.network
    assert sealer.open("admin-1", audit.NETWORK, fact.network) == "203.0.113.7"


def test_nothing_is_kept_of_the_network_without_a_seal_an_address_or_a_key() -> None:
    vault = MemoryVault()
    sealer = Sealer(vault, MemoryWrapping())
    assert audit.Witness().actor(Asked()).network is None
    assert audit.Witness(sealer.seal).actor(Asked(ip="")).network is None
    vault.destroy("admin-1")
    assert audit.Witness(sealer.seal).actor(Asked()).network is None
