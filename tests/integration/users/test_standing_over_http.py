"""Disabled accounts and ended sessions as clients meet them: PostgreSQL, Redis, the authorizer and moto's AWS."""

from typing import Any

import pytest

from builders.users_api import PASSWORD, Place, admin, stepped_up
from users import api as users_api

pytestmark = pytest.mark.stores
CAUSE = {"reason": "taken_over", "reference": "CASE-2042"}
BACK = {"reason": "owner_identified", "reference": "CASE-2043"}
ME = "/api/v1/users/me"
ASHA = "asha@example.com"


def user_id(place: Place, by: str, email: str = ASHA) -> str:
    (found,) = place.send("GET", f"/api/v1/users?email={email}", token=by)[1]["items"]
    return str(found["id"])


def refresh(place: Place, grant: dict[str, Any]) -> tuple[int, str]:
    again = {"refresh_token": grant["refresh_token"], "device_id": grant["device_id"]}
    status, answer, _ = place.send("POST", "/api/v1/auth/refresh", again)
    return status, str(answer.get("code", ""))


def deeds(place: Place) -> list[str]:
    rows = place.db.all(
        "SELECT convert_from(payload, 'UTF8')::jsonb -> 'data' ->> 'action' FROM users.outbox"
        " WHERE topic = 'audit-events' ORDER BY seq"
    )
    return [str(row[0]) for row in rows]


def test_a_disabled_account_is_closed_at_the_next_request_and_opens_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users_api.api, "_redis", None)  # the rate of sign-ins is not what is tried here
    by = admin(place)
    place.register(ASHA)
    phone, laptop = place.login(ASHA), place.login(ASHA)
    asha = user_id(place, by)
    disable, enable = f"/api/v1/users/{asha}/disable", f"/api/v1/users/{asha}/enable"
    assert place.send("POST", disable, CAUSE, phone["access_token"])[1]["code"] == "FORBIDDEN"
    assert place.send("POST", disable, CAUSE, by)[1]["code"] == "STEP_UP_REQUIRED"
    strong = stepped_up(place, by)
    assert place.send("POST", disable, {**CAUSE, "reason": "a whim"}, strong)[0] == 422
    assert place.send("POST", enable, BACK, strong)[1]["code"] == "NOT_DISABLED"
    assert place.send("POST", disable, CAUSE, strong)[0] == 204
    assert place.send("POST", disable, CAUSE, strong)[1]["code"] == "ALREADY_DISABLED"

    for grant in (phone, laptop):
        assert place.send("GET", ME, token=grant["access_token"])[0] == 401
        assert refresh(place, grant) == (401, "REFRESH_REFUSED")
    status, seen, _ = place.send("GET", f"/api/v1/users/{asha}", token=by)
    assert (status, seen["disabled_for"], bool(seen["disabled_at"])) == (200, "taken_over", True)
    assert "account was disabled" in place.mailed[-1]
    assert "If it was not you" not in place.mailed[-1]

    wrong = {"email": ASHA, "password": "not the password"}
    nobody = {"email": "nobody@example.com", "password": "not the password"}
    answers = [place.send("POST", "/api/v1/auth/login", body)[:2] for body in (wrong, nobody)]
    assert {(status, body["code"]) for status, body in answers} == {(401, "CREDENTIALS_REFUSED")}
    right = {"email": ASHA, "password": PASSWORD}
    status, refused, _ = place.send("POST", "/api/v1/auth/login", right)
    assert (status, refused["code"]) == (403, "ACCOUNT_DISABLED")
    status, _, _ = place.send("POST", "/api/v1/auth/password/forgot", {"email": ASHA})
    assert (status, "its account is disabled" in place.mailed[-1]) == (202, True)

    assert place.send("POST", enable, BACK, strong)[0] == 204
    assert place.send("GET", ME, token=place.login(ASHA)["access_token"])[0] == 200
    assert place.send("GET", ME, token=phone["access_token"])[0] == 401
    assert deeds(place) == ["user.disable", "user.enable"]


def test_support_ends_somebodys_sessions_and_they_sign_in_again(place: Place) -> None:
    by = admin(place)
    place.register(ASHA)
    grant = place.login(ASHA)
    asha = user_id(place, by)
    end = f"/api/v1/users/{asha}/logout-all"
    assert place.send("POST", end, CAUSE, grant["access_token"])[1]["code"] == "FORBIDDEN"
    assert place.send("POST", end, {"reason": "taken_over"}, by)[0] == 422
    assert place.send("POST", end, CAUSE, by)[0] == 204
    assert place.send("GET", ME, token=grant["access_token"])[0] == 401
    assert refresh(place, grant) == (401, "REFRESH_REFUSED")
    assert place.send("GET", ME, token=place.login(ASHA)["access_token"])[0] == 200
    assert deeds(place) == ["user.end_sessions"]
    absent = "0197f3a0-0000-7000-8000-0000000000ff"
    assert place.send("POST", f"/api/v1/users/{absent}/logout-all", CAUSE, by)[1]["code"] == "USER_UNKNOWN"


def test_an_administrator_stays_who_is_the_last_or_oneself(place: Place) -> None:
    by = admin(place)
    mine = place.send("GET", ME, token=by)[1]["id"]
    strong = stepped_up(place, by)
    status, refused, _ = place.send("POST", f"/api/v1/users/{mine}/disable", CAUSE, strong)
    assert (status, refused["code"]) == (409, "OWN_ACCOUNT")


def test_signing_in_again_on_a_device_ends_its_session_at_the_next_request(place: Place) -> None:
    place.register(ASHA)
    body = {"email": ASHA, "password": PASSWORD, "device_id": "asha-phone-1"}
    before = place.send("POST", "/api/v1/auth/login", body)[1]
    elsewhere = place.login(ASHA)
    again = place.send("POST", "/api/v1/auth/login", body)[1]
    assert place.send("GET", ME, token=before["access_token"])[0] == 401
    assert refresh(place, before) == (401, "REFRESH_REFUSED")
    for grant in (elsewhere, again):
        assert place.send("GET", ME, token=grant["access_token"])[0] == 200
    assert len(place.send("GET", "/api/v1/users/me/devices", token=again["access_token"])[1]["items"]) == 2
