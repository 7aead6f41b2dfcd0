"""The table of fields: what tells of a person is shown where somebody decided so, and nowhere else."""

from typing import Any

import pytest
from pydantic import BaseModel

from gates import fields
from gates.tables import apis, operations
from kit.http import Page, Route, role


class Contact(BaseModel):
    """What an answer may hide deep inside."""

    emergency_phone: str = ""
    email: str = ""


class Person(BaseModel):
    """A model that is part of itself."""

    id: str
    friends: tuple["Person", ...] = ()
    reached: dict[str, Contact] | None = None


def showing(reply: type) -> Route:
    return Route(
        "GET",
        "/people",
        lambda _request: None,
        id="list_people",
        summary="List people",
        reply=reply,
        access=role("auditor"),
    )


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what adds a route to a domain."""
    known = operations(apis())

    def plant(domain: str, route: Route) -> list[str]:
        monkeypatch.setattr(fields, "operations", lambda _apis: [*known, (domain, route)])
        return fields.problems()

    return plant


def test_everything_shown_today_is_decided() -> None:
    assert fields.problems() == []
    assert (
        "`kyc.pan` | who somebody is | `POST /api/v1/kyc/applications/{id}/dossier` (compliance) |"
        in fields.document()
    )


def test_an_operation_that_begins_to_show_a_field_is_found(planted: Any) -> None:
    """In a page, a list, a map, whatever the model hangs on."""
    assert planted("users", showing(Page[Person])) == [
        "users_list_people shows users.email: allow it in infra/gates/fields.json, or leave it out of the answer"
    ]


def test_a_field_nobody_thought_of_is_found(planted: Any) -> None:
    class Told(BaseModel):
        pan: str

    assert planted("audit", showing(Told)) == [
        "audit.pan: say in infra/gates/fields.json what it is, and who may show it"
    ]


def test_a_decision_about_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = fields.shown()
    del shown["realtime.ticket"], shown["kyc.pan"]["kyc_open_kyc_dossier"]
    monkeypatch.setattr(fields, "shown", lambda: shown)
    assert fields.problems() == [
        "kyc_open_kyc_dossier does not show kyc.pan: take it out of infra/gates/fields.json",
        "realtime_create_ticket does not show realtime.ticket: take it out of infra/gates/fields.json",
    ]
