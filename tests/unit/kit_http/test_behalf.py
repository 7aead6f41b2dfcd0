"""On whose behalf a request's statements run: its caller's, unless it is known to nobody or done as staff."""

from typing import Any

import pytest

from builders.proxy import ask, event
from kit import behalf
from kit.http import PUBLIC, Access, Api, Request, Route, own_or_of, role, signed_in
from kit.identity import Caller, Role

ASHA = Caller("asha", frozenset({"user"}))


def said(access: Access, caller: Caller | None) -> str:
    """Return on whose behalf the handler of a route with ``access`` ran."""
    route = Route(
        "GET", "/whose", lambda _request: {"on": behalf.current()}, id="whose", summary="Whose", access=access
    )
    status, body, _ = ask(Api("things", [route]), event("GET", "/api/v1/whose", caller=caller))
    assert status == 200
    return str(body["on"])


def having(*roles: Role) -> Caller:
    return Caller("bela", frozenset(roles))


@pytest.mark.parametrize(
    ("access", "caller", "whose"),
    [
        (signed_in(), ASHA, "asha"),
        (signed_in(), having("admin"), "bela"),
        (signed_in().with_scope("things:read"), Caller("asha", scopes=frozenset({"things:read"}), key="k"), "asha"),
        (own_or_of("support"), ASHA, "asha"),
        (own_or_of("support"), having("support"), behalf.EVERYBODY),
        (own_or_of("support"), having("admin"), behalf.EVERYBODY),
        (role("auditor"), having("auditor"), behalf.EVERYBODY),
        (PUBLIC, None, behalf.EVERYBODY),
    ],
)  # fmt: skip
def test_a_request_runs_on_its_callers_behalf(access: Access, caller: Caller | None, whose: str) -> None:
    assert said(access, caller) == whose


def test_it_ends_with_the_request_however_that_ends() -> None:
    def failing(_request: Request) -> Any:
        raise RuntimeError(behalf.current())

    route = Route("GET", "/whose", failing, id="whose", summary="Whose", access=signed_in())
    assert ask(Api("things", [route]), event("GET", "/api/v1/whose", caller=ASHA))[0] == 500
    assert behalf.current() == behalf.EVERYBODY
