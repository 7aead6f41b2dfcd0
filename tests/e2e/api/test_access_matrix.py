"""The table of who may do what, against the running platform: each role, one's own, another's and absent things."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from builders.owned import BODIES, Owner, answered, filled
from demo.people import Client, access_token, demo_user
from fixtures.platform import RunningPlatform
from gates.access import whose
from kit.identity import Role

pytestmark = pytest.mark.platform
_TABLE = Path(__file__).parents[3] / "docs" / "access.md"
_DOCUMENT = json.loads((_TABLE.parent / "openapi.json").read_text())
_ENDS_THE_SESSION = {"/api/v1/auth/logout", "/api/v1/auth/logout-all"}
_NAMES_WHAT_ALL_SEE = {"signals_get_feedback", "signals_give_feedback", "users_put_consent"}
"""One's own answer about a signal or a purpose: their paths name the signal, the purpose."""

_WANTS_A_PROVIDER = "users_unlink_identity"
"""Only a provider's sign-in makes one: ``tests/contract/users/test_identities.py`` proves its owner."""
_ANSWERS_EMPTY = "signals_list_alerts"
"""What a hook brought outlives it, so a hook that is not there has an empty list."""


class Line(NamedTuple):
    """A line of the table."""

    method: str
    path: str
    who: frozenset[str]


def _lines() -> Iterator[Line]:
    operations, _, _fields = _TABLE.read_text().partition("\n## ")
    for text in operations.splitlines():
        if text.startswith("| `"):
            operation, who, *_ = (cell.strip() for cell in text.strip("|").split("|"))
            method, path = operation.strip("`").split()
            yield Line(method, path, frozenset(who.split(", ")))


@pytest.mark.parametrize("role", ["", *get_args(Role)])
def test_each_role_is_let_in_where_the_table_says_and_nowhere_else(
    platform: RunningPlatform, role: str
) -> None:
    roles = () if role in {"", "user"} else (role,)
    client, wrong = demo_user(platform.api, "enterprise", *roles).client, []
    for line in _lines():
        if line.path in _ENDS_THE_SESSION or "everybody" in line.who:
            continue
        status, code = answered(
            client, line.method, filled(line.path, None), None if line.method == "GET" else {}
        )
        let_in = role == "admin" or role in line.who or "signed in" in line.who
        if let_in == (code == "FORBIDDEN") or status == 401:
            wrong.append(f"{line.method} {line.path} answered {status} {code} to {role or 'nobody special'}")
    assert wrong == []


def _owned() -> Iterator[tuple[str, str, str]]:
    kinds = whose()
    for path, methods in _DOCUMENT["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            if (
                "{" in path
                and kinds.get(name) == "own"
                and name not in {*_NAMES_WHAT_ALL_SEE, _WANTS_A_PROVIDER}
            ):
                yield name, method.upper(), path


def test_anothers_things_answer_like_absent_ones_and_stay_as_they_are(platform: RunningPlatform) -> None:
    owner, other = (Owner(demo_user(platform.api, "enterprise")) for _ in range(2))
    owner.acquire()
    operations, wrong = list(_owned()), []
    assert {filled(path, owner.things) for _, _, path in operations}, "an owner has one of everything"
    for name, method, path in operations:
        body = BODIES.get(name)
        theirs = answered(other.person.client, method, filled(path, owner.things), body)
        absent = answered(other.person.client, method, filled(path, None), body)
        if theirs != absent or theirs[0] != (200 if name == _ANSWERS_EMPTY else 404):
            wrong.append(f"{name} answered {theirs} for another's and {absent} for what is absent")
    hook = filled("/api/v1/webhooks/tradingview/{hook_id}/alerts", owner.things)
    assert other.person.client.get(hook)["items"] == []
    assert wrong == []
    client = Client(platform.api, access_token(platform.api, owner.person.email, owner.person.password))
    for name, method, path in operations:
        if method == "GET":
            seen = answered(client, method, filled(path, owner.things))
            assert seen[0] in {200, 409}, f"{name} answered {seen} to its owner"
