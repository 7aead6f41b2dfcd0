"""Refunds over HTTP, as the function runs them: who may what, two people, versions, the saga's graph."""

from typing import Any

import pytest

from builders.orders import person
from builders.proxy import ask, event
from builders.refund_database import DatabaseDesk, opened, over
from fixtures.database import Databases
from kit.http import Api
from kit.identity import Caller, Role
from kit.ids import uuid7
from payments import bootstrap
from payments.api import refunds as routes
from payments.model.payment import Payment

pytestmark = pytest.mark.stores
SUPPORT = Caller(uuid7(), frozenset({"support"}))
OTHER_SUPPORT = Caller(uuid7(), frozenset({"support"}))
ADMIN = Caller(uuid7(), frozenset({"admin"}))
ROLES: tuple[Role, ...] = ("user", "analyst", "editor", "approver", "compliance", "auditor")


@pytest.fixture
def desk(database: Databases, monkeypatch: pytest.MonkeyPatch) -> DatabaseDesk:
    made = over(opened(database))
    monkeypatch.setattr(bootstrap.refunds, "quoting", lambda: made.quoting)
    monkeypatch.setattr(bootstrap.refunds, "deciding", lambda: made.deciding)
    return made


def call(  # noqa: PLR0917 - a request reads as one line
    desk: DatabaseDesk, method: str, resource: str, who: Caller, of: str = "", body: Any = None, tag: str = ""
) -> tuple[int, Any, dict[str, str]]:
    headers = {"Idempotency-Key": uuid7(), **({"If-Match": tag} if tag else {})}
    path = {"id": of} if of else None
    asked = event(method, f"/api/v1{resource}", caller=who, path=path, body=body, headers=headers)
    return ask(Api("payments", routes.routes, lambda: desk.db), asked)


def payer(sold: Payment) -> Caller:
    return Caller(sold.person, frozenset({"user"}))


def test_the_table_of_operations_says_who_may_call_them() -> None:
    table = {one.id: one.access.roles for one in routes.routes}
    assert table == {
        "quote_refund": (),
        "request_refund": (),
        "list_refunds": (),
        "read_refund": (),
        "approve_refund": ("support",),
        "decline_refund": ("support",),
    }


def test_a_refund_from_the_quote_to_the_graph(desk: DatabaseDesk) -> None:
    sold = desk.sold()
    status, quote, _ = call(desk, "GET", "/payments/{id}/refund-quote", payer(sold), sold.id)
    assert (status, quote["amount"], quote["rule"]) == (
        200,
        {"amount": sold.sale.gross, "currency": "INR"},
        "COURSE_WITHIN_TERMS",
    )
    status, asked, headers = call(
        desk, "POST", "/payments/{id}/refunds", payer(sold), sold.id, {"reason": "Not for me"}
    )
    assert (status, asked["status"], headers["ETag"]) == (201, "requested", '"v1"')
    assert [step["state"] for step in asked["steps"]] == ["to_do"] * 7
    approve = "/refunds/{id}/approve"
    assert call(desk, "POST", approve, SUPPORT, asked["id"])[0] == 428
    assert call(desk, "POST", approve, SUPPORT, asked["id"], tag='"v2"')[0] == 412
    status, approved, _ = call(desk, "POST", approve, SUPPORT, asked["id"], tag='"v1"')
    assert (status, approved["status"], approved["steps"][0]["state"]) == (200, "approved", "next")
    desk.gateway.faults = ["refused"]
    desk.saga.drive(asked["id"])
    status, read, _ = call(desk, "GET", "/refunds/{id}", payer(sold), asked["id"])
    assert {step["step"]: step["state"] for step in read["steps"]} == {
        "hold": "done", "revoke": "done", "pay": "failed", "settle": "skipped", "end": "skipped",
        "note": "skipped", "notify": "skipped", "release": "done", "restore": "done", "tell": "done",
    }  # fmt: skip
    assert (read["status"], read["failure"]) == ("compensated", "REFUND_EXCEEDS_PAYMENT")


@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_nobody_decides_about_their_own(desk: DatabaseDesk, verb: str) -> None:
    sold = desk.sold()
    _, asked, _ = call(
        desk, "POST", "/payments/{id}/refunds", SUPPORT, sold.id, {"reason": "They wrote to us"}
    )
    body = {"reason": "No case"} if verb == "decline" else None
    of = f"/refunds/{{id}}/{verb}"
    buyer = Caller(sold.person, frozenset({"admin"}))
    for who in (SUPPORT, buyer):
        status, problem, _ = call(desk, "POST", of, who, asked["id"], body, '"v1"')
        assert (status, problem["code"]) == (403, "OWN_REFUND")
    for role in ROLES:
        caller = Caller(uuid7(), frozenset({role}))
        assert call(desk, "POST", of, caller, asked["id"], body, '"v1"')[0] == 403
    assert call(desk, "POST", of, ADMIN, asked["id"], body, '"v1"')[0] == 200
    assert call(desk, "POST", of, OTHER_SUPPORT, asked["id"], body, '"v2"')[0] == 409


def test_somebody_elses_is_absent_for_all_but_support(desk: DatabaseDesk) -> None:
    sold = desk.sold()
    asked = desk.asked(sold)
    reads = (
        ("GET", "/payments/{id}/refund-quote", sold.id, None),
        ("POST", "/payments/{id}/refunds", sold.id, {"reason": "Mine now"}),
        ("GET", "/refunds/{id}", asked.id, None),
    )
    for role in ROLES:
        stranger = Caller(person(), frozenset({role}))
        for method, resource, of, body in reads:
            theirs = call(desk, method, resource, stranger, of, body)
            absent = call(desk, method, resource, stranger, uuid7(), body)
            assert (theirs[0], theirs[1]["code"]) == (absent[0], absent[1]["code"])
            assert theirs[0] == 404
        assert call(desk, "GET", "/refunds", stranger)[1]["items"] == []
    assert [one["id"] for one in call(desk, "GET", "/refunds", payer(sold))[1]["items"]] == [asked.id]
    assert [one["id"] for one in call(desk, "GET", "/refunds", SUPPORT)[1]["items"]] == [asked.id]
    assert call(desk, "GET", "/refunds/{id}", ADMIN, asked.id)[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "x"},
        {"reason": "Half a paisa", "amount": 0.5},
        {"reason": "Less than nothing", "amount": -100},
        {"reason": "Far too much", "amount": 10**18},
        {"reason": "A field of my own", "status": "completed"},
    ],
)
def test_bad_input_is_a_problem(desk: DatabaseDesk, body: dict[str, Any]) -> None:
    sold = desk.sold()
    assert call(desk, "POST", "/payments/{id}/refunds", payer(sold), sold.id, body)[0] == 422


def test_only_support_goes_beyond_the_quote(desk: DatabaseDesk) -> None:
    sold = desk.sold()
    desk.clock.forward(days=50)
    wish = {"reason": "It broke", "amount": 1_000_00, "override": "The video never played"}
    asks = "/payments/{id}/refunds"
    assert call(desk, "POST", asks, payer(sold), sold.id, wish)[1]["code"] == "OVERRIDE_NOT_ALLOWED"
    assert call(desk, "POST", asks, payer(sold), sold.id, {"reason": "It broke"})[1]["code"] == (
        "REFUND_NOT_POSSIBLE"
    )
    status, made, _ = call(desk, "POST", asks, SUPPORT, sold.id, wish)
    assert (status, made["quoted"]["amount"], made["override"]) == (201, 0, "The video never played")
    assert call(desk, "POST", asks, SUPPORT, sold.id, wish)[1]["code"] == "REFUND_UNDER_WAY"
