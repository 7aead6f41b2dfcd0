"""The API: an applicant's way, the staff's way, and who may do what to whose application."""

from typing import Any

import pytest

from builders.kyc import AADHAAR, PNG, DatabaseDesk, pan_of, somebody
from builders.proxy import ask, event
from kit.http import Api
from kit.identity import ROLES, Caller, Role
from kit.ids import uuid7
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping
from kyc.adapters.sealing import HmacIndex, SealedDetails
from kyc.api import routes
from kyc.model.application import Application
from kyc.service.applying import Applying

pytestmark = pytest.mark.stores
MAKER = Caller(uuid7(), frozenset({"compliance"}))
CHECKER = Caller(uuid7(), frozenset({"compliance"}))
ADMIN = Caller(uuid7(), frozenset({"admin"}))
OTHERS: tuple[Role, ...] = tuple(role for role in ROLES if role not in {"compliance", "admin"})


class Door:
    """Asks as the function is asked."""

    def __init__(self, desk: DatabaseDesk) -> None:
        self._api = Api("kyc", routes, lambda: desk.db)

    def __call__(
        self,
        method: str,
        resource: str,
        who: Caller | None,
        body: Any = None,
        *,
        version: int = 0,
        query: dict[str, list[str]] | None = None,
        path: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        headers = {"Idempotency-Key": uuid7(), **({"If-Match": f'"v{version}"'} if version else {})}
        sent = event(
            method,
            f"/api/v1{resource}",
            caller=who,
            body=body,
            headers=headers,
            path=path,
            query=query,
        )
        status, found, _ = ask(self._api, sent)
        return status, found


@pytest.fixture
def door(desk: DatabaseDesk) -> Door:
    """Return the API without its rates, which need Redis: tests/unit/kyc/test_route_access.py lists them."""
    return Door(desk)


def asha() -> Caller:
    return Caller(somebody(), frozenset({"user"}))


def details(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Asha Rao",
        "born": "1990-04-01",
        "pan": pan_of("ABC"),
        "aadhaar": AADHAAR,
        "email": "asha@example.com",
        "consent": True,
    } | changed


def test_an_applicants_way(desk: DatabaseDesk, door: Door) -> None:
    who = asha()
    status, shown = door("GET", "/kyc", who)
    assert (status, shown["tier"], shown["limit"], shown["todo"]) == (200, "none", 0, ["apply"])
    assert [(one["tier"], one["limit"]) for one in shown["tiers"]] == [
        ("basic", 5_000_000), ("standard", 50_000_000), ("unlimited", None),
    ]  # fmt: skip
    status, one = door("POST", "/kyc/applications", who, {"tier": "basic"})
    assert (status, one["state"], one["version"]) == (201, "draft", 1)
    assert door("POST", "/kyc/applications", who, {"tier": "basic"})[0] == 200
    path = {"id": one["id"]}
    status, refused = door("PUT", "/kyc/applications/{id}/details", who, details(), path=path)
    assert status == 428
    status, one = door("PUT", "/kyc/applications/{id}/details", who, details(), version=1, path=path)
    assert (status, one["details_given"], one["version"]) == (200, True, 2)
    status, refused = door("POST", "/kyc/applications/{id}/submission", who, version=2, path=path)
    assert (status, refused["code"]) == (422, "KYC_INCOMPLETE")
    assert [each["pointer"] for each in refused["errors"]] == ["/pan_card", "/photo"]
    for kind in ("pan_card", "photo"):
        offered = {"kind": kind, "content_type": "image/png"}
        status, form = door("POST", "/kyc/applications/{id}/documents", who, offered, path=path)
        assert (status, form["largest"], form["document"]["state"]) == (201, 4_000_000, "offered")
        desk.store.came[form["document"]["id"]] = PNG
    status, one = door("POST", "/kyc/applications/{id}/submission", who, version=2, path=path)
    assert (status, one["state"]) == (200, "submitted")
    desk.drive(one["id"])
    shown = door("GET", "/kyc", who)[1]
    assert (shown["tier"], shown["limit"], shown["todo"]) == ("basic", 5_000_000, ["nothing"])
    assert door("POST", "/kyc/applications", who, {"tier": "basic"})[1]["code"] == "KYC_ALREADY_VERIFIED"


@pytest.mark.parametrize(
    "wrong",
    [
        {"pan": "ABCCR1234F"},
        {"aadhaar": AADHAAR[:-1] + "5"},
        {"aadhaar": "123"},
        {"consent": False},
        {"born": "1890-01-01"},
        {"name": "A"},
        {"name": "A\u202eB"},
        {"email": "nobody"},
        {"aadhaar_last4": "1234"},
    ],
)
def test_what_cannot_be_is_refused_without_repeating_it(door: Door, wrong: dict[str, Any]) -> None:
    who = asha()
    one = door("POST", "/kyc/applications", who, {"tier": "basic"})[1]
    said = details(**wrong)
    status, refused = door(
        "PUT", "/kyc/applications/{id}/details", who, said, version=1, path={"id": one["id"]}
    )
    assert status == 422
    assert AADHAAR[:8] not in str(refused)
    assert str(said["pan"]) not in str(refused)


def test_the_staffs_way(desk: DatabaseDesk, door: Door) -> None:
    one = desk.in_review()
    path = {"id": str(one.id)}
    status, case = door("GET", "/kyc/applications/{id}", MAKER, path=path)
    assert (status, case["state"], case["score"], case["reasons"]) == (
        200, "in_review", 55, ["POLITICALLY_EXPOSED"],
    )  # fmt: skip
    assert "Minister" not in str(case)
    queue = door("GET", "/kyc/applications", MAKER, query={"limit": ["100"]})[1]
    assert one.id in {each["id"] for each in queue["items"]}
    looked = {"reason": "Reviewing this application"}
    status, dossier = door("POST", "/kyc/applications/{id}/dossier", MAKER, looked, path=path)
    assert (status, dossier["details"]["name"], dossier["details"]["aadhaar_last4"]) == (
        200, "Minister Rao", "0124",
    )  # fmt: skip
    document = dossier["documents"][0]["id"]
    content = "/kyc/applications/{id}/documents/{document_id}/content"
    status, found = door("POST", content, MAKER, looked, path=path | {"document_id": document})
    assert (status, found["content_type"]) == (200, "image/png")
    status, case = door("POST", "/kyc/applications/{id}/take", MAKER, version=one.version, path=path)
    assert (status, case["maker"]) == (200, MAKER.subject)
    proposal = {"outcome": "approve", "reason": "A minister of another country"}
    status, case = door(
        "POST", "/kyc/applications/{id}/proposal", MAKER, proposal, version=case["version"], path=path
    )
    assert (status, case["state"]) == (200, "in_check")
    check = {"agree": True, "reason": "So it is"}
    version = case["version"]
    refused = door("POST", "/kyc/applications/{id}/check", MAKER, check, version=version, path=path)
    assert (refused[0], refused[1]["code"]) == (403, "KYC_SECOND_PERSON_REQUIRED")
    assert (
        door("POST", "/kyc/applications/{id}/check", CHECKER, check, version=version - 1, path=path)[0] == 412
    )
    status, case = door("POST", "/kyc/applications/{id}/check", CHECKER, check, version=version, path=path)
    assert (status, case["state"], case["tier"]) == (200, "approved", "basic")
    history = door("GET", "/kyc/applications/{id}/decisions", ADMIN, path=path)[1]["items"]
    assert [each["kind"] for each in history] == ["rule", "maker", "checker"]
    assert desk.told(one.id, "action.performed") == 5


def test_a_video_over_http(desk: DatabaseDesk, door: Door) -> None:
    one = desk.driven("standard")
    path = {"id": str(one.id)}
    when = {"at": desk.clock.now().replace(hour=11).isoformat()}
    status, case = door(
        "PUT", "/kyc/applications/{id}/appointment", MAKER, when, version=one.version, path=path
    )
    assert (status, case["officer"]) == (200, MAKER.subject)
    seen = {"confirmed": True, "reason": "It is the person of the card"}
    status, case = door(
        "POST", "/kyc/applications/{id}/video", MAKER, seen, version=case["version"], path=path
    )
    assert (status, case["state"]) == (200, "in_review")


# ---- who may what ----


def calls(one: Application, document: str) -> dict[str, tuple[str, str, Any, dict[str, str]]]:
    """Return a call of every operation about ``one``."""
    path, words = {"id": str(one.id)}, {"reason": "Only for this test"}
    base = "/kyc/applications/{id}"
    return {
        "put_kyc_details": ("PUT", f"{base}/details", details(), path),
        "offer_kyc_document": (
            "POST", f"{base}/documents", {"kind": "photo", "content_type": "image/png"}, path,
        ),
        "submit_kyc_application": ("POST", f"{base}/submission", None, path),
        "get_kyc_application": ("GET", base, None, path),
        "list_kyc_decisions": ("GET", f"{base}/decisions", None, path),
        "open_kyc_dossier": ("POST", f"{base}/dossier", words, path),
        "open_kyc_document": (
            "POST", f"{base}/documents/{{document_id}}/content", words, path | {"document_id": document},
        ),
        "take_kyc_application": ("POST", f"{base}/take", None, path),
        "propose_kyc_outcome": ("POST", f"{base}/proposal", words | {"outcome": "approve"}, path),
        "check_kyc_proposal": ("POST", f"{base}/check", words | {"agree": True}, path),
        "put_kyc_appointment": ("PUT", f"{base}/appointment", {"at": "2026-11-22T00:00:00Z"}, path),
        "record_kyc_video": ("POST", f"{base}/video", words | {"confirmed": True}, path),
    }  # fmt: skip


OWN = {"put_kyc_details", "offer_kyc_document", "submit_kyc_application"}
ABOUT_NONE = {"get_kyc", "begin_kyc_application", "list_kyc_applications"}


def test_every_operation_answers_each_role_as_it_may(desk: DatabaseDesk, door: Door) -> None:
    """Each route with each role on one's own, another's and an absent one; a route missing here fails."""
    one = desk.in_review()
    document = str(desk.documents.of(one.id)[0].id)
    asked = calls(one, document)
    assert asked.keys() | ABOUT_NONE == {route.id for route in routes}
    owner = Caller(one.person, frozenset({"user"}))
    owner_of_all = Caller(one.person, frozenset({"user", "compliance"}))
    for name, (method, resource, body, path) in asked.items():
        absent = path | {"id": uuid7()}

        def call(who: Caller | None, where: dict[str, str]) -> int:
            return door(method, resource, who, body, version=one.version, path=where)[0]  # noqa: B023 - at once

        assert call(None, path) == 401, name
        for role in OTHERS:
            stranger = Caller(uuid7(), frozenset({role}))
            assert call(stranger, path) == (404 if name in OWN else 403), (name, role)
        assert call(owner, path) == (409 if name in OWN else 403), name
        assert call(owner, absent) == (404 if name in OWN else 403), name
        if name not in OWN:
            assert call(MAKER, absent) == 404, name
            if method != "GET":
                assert call(owner_of_all, path) in {403, 409}, f"{name}: never about oneself"
    assert desk.find(one.id) == one, "nothing happened"
    for role in OTHERS:
        assert door("GET", "/kyc/applications", Caller(uuid7(), frozenset({role})))[0] == 403
    assert door("GET", "/kyc", None)[0] == 401


# ---- what lies where ----


def test_no_number_and_no_name_lies_in_the_open(desk: DatabaseDesk) -> None:
    """The whole schema as text, after a review: neither the Aadhaar number nor what identifies somebody."""
    sealed = SealedDetails(Sealer(MemoryVault(), MemoryWrapping()))
    plain = desk.applying
    applying = Applying(
        plain.applications, plain.documents, plain.store, plain.numbers, sealed, HmacIndex(lambda: "key"),
        plain.due, plain.policies, plain.together, plain.now,
    )  # fmt: skip
    said, one = desk.said(name="Zebulon Quixote"), desk.draft()
    kept = applying.say(one.id, one.person, one.version, said)
    assert kept.details is not None
    assert sealed.open(one.person, kept.details).aadhaar_last4 == AADHAAR[-4:]
    tables = desk.db.all(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'kyc'"
        " AND table_name NOT IN ('migrations')",
        (),
    )
    assert len(tables) > 10
    for (table,) in tables:
        for (row,) in desk.db.all(f'SELECT t::text FROM "{table}" t', ()):  # noqa: S608 - a name of ours
            for secret in (AADHAAR, said.pan, "Zebulon", "Quixote"):
                assert secret not in row, table
