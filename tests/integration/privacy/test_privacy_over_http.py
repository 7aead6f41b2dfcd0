"""The API over PostgreSQL: one's own way, compliance's way, who may do what, and whose things are whose."""

from dataclasses import replace
from typing import Any

import pytest

from builders.privacy import PrivacyDesk, over
from builders.proxy import ask, event
from fixtures.database import Databases
from kit import clock
from kit.audit import Witness
from kit.http import Api
from kit.identity import ROLES, Caller
from kit.ids import uuid7
from kit.stores.postgres import Database
from privacy import bootstrap
from privacy.api import holds, requests

pytestmark = pytest.mark.stores
MAKER, CHECKER = (Caller(uuid7(), frozenset({"compliance"})) for _ in range(2))
ADMIN = Caller(uuid7(), frozenset({"admin"}))
ROUTES = (*requests.routes, *holds.routes)


def somebody() -> Caller:
    """Return somebody new who has just confirmed that it is them."""
    return Caller(uuid7(), frozenset({"user"}), step_up_at=int(clock.unix()), step_up_level=1)


class Door:
    """Asks as the function is asked; rates, which need Redis, are in tests/unit/privacy."""

    def __init__(self, desk: PrivacyDesk, db: Database) -> None:
        self.desk = desk

        self._api = Api("privacy", tuple(replace(one, rate=None) for one in ROUTES), lambda: db)

    def __call__(
        self,
        method: str,
        resource: str,
        who: Caller | None,
        body: Any = None,
        *,
        id: str = "",  # noqa: A002 - the path's name
        key: str | None = "",
        query: dict[str, list[str]] | None = None,
    ) -> tuple[int, Any]:
        headers = {} if key is None else {"Idempotency-Key": key or uuid7()}
        sent = event(
            method, f"/api/v1/privacy{resource}", caller=who, body=body, headers=headers, query=query,
            path={"id": id} if id else None,
        )  # fmt: skip
        status, found, _ = ask(self._api, sent)
        return status, found


@pytest.fixture(scope="module")
def shared(whole: tuple[Databases, Database]) -> Database:
    databases, first = whole
    return databases.also(first, "privacy")


@pytest.fixture
def door(shared: Database, monkeypatch: pytest.MonkeyPatch) -> Door:
    shared.run("DELETE FROM due", ())
    desk = over(shared)
    desk.clock.at = clock.now()
    for name in ("exporting", "erasing", "holding"):
        monkeypatch.setattr(bootstrap.api, name, lambda name=name: getattr(desk, name))
    monkeypatch.setattr(bootstrap.api, "witness", Witness)
    return Door(desk, shared)


def test_a_persons_way_to_a_copy(door: Door) -> None:
    who, other = somebody(), somebody()
    assert door("GET", "", who) == (200, {"export": None, "erasure": None})
    key = uuid7()
    status, one = door("POST", "/exports", who, key=key)
    assert (status, one["state"], len(one["missing"]), one["download"]) == (202, "collecting", 7, None)
    assert door("POST", "/exports", who, key=key) == (202, one), "the same request, the same answer"
    assert door("POST", "/exports", who)[1]["code"] == "EXPORT_OPEN"
    assert door("POST", "/exports", who, key=None)[1]["code"] == "IDEMPOTENCY_KEY_MISSING"
    found = door.desk.exports.find(one["id"])
    assert found is not None
    for domain in found.domains:
        door.desk.exporting.contributed(door.desk.contribution(found, domain))
    door.desk.upkeep()
    status, ready = door("GET", "/exports/{id}", who, id=one["id"])
    assert (ready["state"], ready["missing"]) == ("ready", [])
    assert ready["download"].endswith("expires=300")
    assert door("GET", "/exports/{id}", other, id=one["id"])[1]["code"] == "EXPORT_NOT_FOUND"
    assert door("GET", "/exports/{id}", who, id=uuid7())[0] == 404
    status, refused = door("POST", "/exports", who)
    assert (status, refused["code"]) == (429, "EXPORT_TOO_SOON")
    assert door("GET", "", who)[1]["export"]["id"] == one["id"]


def test_a_persons_way_to_be_erased_and_back(door: Door) -> None:
    who, other = somebody(), somebody()
    status, one = door("POST", "/erasures", who)
    assert (status, one["state"], one["note"]) == (202, "waiting", None)
    assert {line["domain"] for line in one["plan"]} >= {"users", "payments", "kyc", "audit"}
    assert all(line["why"] for line in one["plan"] if line["kept"])
    assert door("POST", "/erasures", who)[1]["code"] == "ERASURE_OPEN"
    for method in ("GET", "DELETE"):
        assert door(method, "/erasures/{id}", other, id=one["id"])[1]["code"] == "ERASURE_NOT_FOUND"
    assert door("DELETE", "/erasures/{id}", who, id=one["id"])[1]["state"] == "cancelled"
    assert door("DELETE", "/erasures/{id}", who, id=one["id"])[1]["state"] == "cancelled"
    again = door("POST", "/erasures", who)[1]["id"]
    door.desk.clock.forward(hours=48)
    door.desk.upkeep()
    assert door("DELETE", "/erasures/{id}", who, id=again)[1]["code"] == "ERASURE_BEGUN"


def test_compliance_holds_and_somebody_else_lets_go(door: Door) -> None:
    who = somebody()
    one = door("POST", "/erasures", who)[1]["id"]
    until = door.desk.clock.at.replace(year=door.desk.clock.at.year + 1).isoformat()
    wish = {"person": who.subject, "reason": "An inquiry of the regulator", "until": until}
    status, hold = door("POST", "/holds", MAKER, wish)
    assert (status, hold["set_by"]) == (201, MAKER.subject)
    door.desk.clock.forward(hours=48)
    door.desk.upkeep()
    shown = door("GET", "/erasures/{id}", who, id=one)[1]
    assert (shown["state"], "law" in shown["note"]) == ("held", True)
    assert "inquiry" not in str(shown), "the reason is nobody's but compliance's"
    listed = door("GET", "/holds", CHECKER, query={"person": [who.subject]})[1]
    assert [each["id"] for each in listed["items"]] == [hold["id"]]
    path = "/holds/{id}/release"
    assert door("POST", path, MAKER, id=hold["id"])[1]["code"] == "HOLD_SECOND_PERSON_REQUIRED"
    assert door("POST", path, CHECKER, id=uuid7())[1]["code"] == "HOLD_NOT_FOUND"
    assert door("POST", path, CHECKER, id=hold["id"])[1]["released_by"] == CHECKER.subject
    assert door("POST", path, ADMIN, id=hold["id"])[1]["code"] == "HOLD_ENDED"
    door.desk.upkeep()
    assert door("GET", "/erasures/{id}", who, id=one)[1]["state"] == "erasing"


def test_holds_come_in_pages(door: Door) -> None:
    person, until = uuid7(), door.desk.clock.at.replace(year=door.desk.clock.at.year + 1).isoformat()
    made = []
    for _ in range(3):
        door.desk.clock.forward(minutes=1)
        wish = {"person": person, "reason": "An inquiry", "until": until}
        made.append(door("POST", "/holds", MAKER, wish)[1]["id"])
    asked = {"person": [person], "limit": ["2"]}
    first = door("GET", "/holds", CHECKER, query=asked)[1]
    rest = door("GET", "/holds", CHECKER, query=asked | {"cursor": [first["next_cursor"]]})[1]
    assert [each["id"] for each in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next_cursor"] is None
    assert door("GET", "/holds", CHECKER, query={"cursor": ["x"]})[1]["errors"][0]["code"] == "CURSOR"


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "somebody"},
        {"reason": "no"},
        {"reason": "x" * 501},
        {"until": "2027-01-01T00:00:00"},
        {"until": "2020-01-01T00:00:00Z"},
        {"until": "2099-01-01T00:00:00Z"},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_hold_is_refused(door: Door, wrong: dict[str, Any]) -> None:
    wish = {"person": uuid7(), "reason": "An inquiry", "until": "2027-06-01T00:00:00Z"} | wrong
    assert door("POST", "/holds", MAKER, wish)[0] == 422


def test_every_operation_answers_each_role_as_it_may(door: Door) -> None:
    """Route by role: nobody without a name, compliance alone where it is compliance's, and the tired step up."""
    for route in ROUTES:
        resource, some = route.path.removeprefix("/privacy"), uuid7()
        path = some if route.parameters else ""
        body = {"person": uuid7(), "reason": "An inquiry", "until": "2027-06-01T00:00:00Z"}
        sent = body if route.id == "set_hold" else None
        assert door(route.method, resource, None, sent, id=path)[0] == 401, route.id
        for role in ROLES:
            status, found = door(route.method, resource, Caller(uuid7(), frozenset({role})), sent, id=path)
            if route.access.roles and role not in {"compliance", "admin"}:
                assert (status, found["code"]) == (403, "FORBIDDEN"), (route.id, role)
            elif route.access.step_up_s:
                assert (status, found["code"]) == (403, "STEP_UP_REQUIRED"), (route.id, role)
            else:
                assert status in {200, 201, 404}, (route.id, role, found)
        key = Caller(uuid7(), scopes=frozenset({"signals:read"}), key=uuid7())
        assert door(route.method, resource, key, sent, id=path)[1]["code"] == "KEY_NOT_ACCEPTED", route.id
