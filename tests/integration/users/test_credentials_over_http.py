"""Credentials as the functions run them: proxy events in, real PostgreSQL, Redis, and moto's AWS."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from builders.users_api import PASSWORD, Place, admin, run, stepped_up
from kit import clock
from users import api as users_api
from users.bootstrap import stores

pytestmark = pytest.mark.stores
NEW = "seven blue kettles"
ASHA = "asha@example.com"


@pytest.fixture(autouse=True)
def _no_rates(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - after it
    """What one network address may try is another test's."""
    monkeypatch.setattr(users_api.api, "_redis", None)


def told(place: Place) -> list[str]:
    rows = place.db.all(
        "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'type' FROM users.outbox ORDER BY seq"
    )
    return [row[0] for row in rows]


def fail(place: Place, times: int, email: str = ASHA) -> tuple[int, dict[str, Any]]:
    for _ in range(times):
        status, problem, _ = place.send(
            "POST", "/api/v1/auth/login", {"email": email, "password": "wrong one"}
        )
    return status, problem


def later(place: Place, seconds: int) -> None:
    """Let failed sign-ins and codes be ``seconds`` older."""
    past = timedelta(seconds=seconds)
    place.db.run(
        "UPDATE users.login_attempts SET locked_at = locked_at - %s, latest_at = latest_at - %s,"
        " failed_at = ARRAY(SELECT at - %s FROM unnest(failed_at) AS at ORDER BY at)",
        (past, past, past),
    )
    place.db.run("UPDATE users.password_resets SET created_at = created_at - %s", (past,))
    place.db.run(
        "UPDATE users.address_changes SET created_at = created_at - %s, due_at = due_at - %s", (past, past)
    )


def test_a_locked_and_forgotten_account_comes_back_by_a_code(place: Place) -> None:
    place.register(ASHA)
    token = place.login(ASHA)["access_token"]
    assert fail(place, 5)[0] == 401
    assert fail(place, 1)[1]["code"] == "SIGN_IN_PAUSED"
    later(place, 901)
    fail(place, 5)
    status, locked = fail(place, 1)
    assert (status, locked["code"]) == (429, "SIGN_IN_LOCKED")
    assert "POST /auth/password/forgot" in locked["detail"]
    later(place, 10)
    assert run("tell_locks") == {"told": 1}
    assert "locked for an hour" in place.mailed[-1]

    status, asked, _ = place.send("POST", "/api/v1/auth/password/forgot", {"email": ASHA})
    assert (status, asked["channel"], asked["again_after_s"]) == (202, "email", 30)
    proof = {"reset_id": asked["reset_id"], "code": place.code()}
    status, refused, _ = place.send(
        "POST", "/api/v1/auth/password/reset", {**proof, "password": "liverpool1"}
    )
    assert (status, refused["code"], refused["errors"][0]["pointer"]) == (
        422,
        "PASSWORD_BREACHED",
        "/password",
    )
    status, done, _ = place.send("POST", "/api/v1/auth/password/reset", {**proof, "password": NEW})
    assert (status, done) == (200, {"status": "reset"})
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 401
    place.login(ASHA, NEW)
    assert told(place)[1:] == [
        "user.locked",
        "user.password_changed",
        "user.sessions_revoked",
        "user.unlocked",
    ]
    assert "password of your TREUM account was changed" in place.mailed[-1]


def test_an_app_is_asked_for_before_a_password_or_an_address_changes(place: Place) -> None:
    place.register(ASHA)
    token = place.login(ASHA)["access_token"]
    enrolled = place.send("POST", "/api/v1/auth/2fa/totp", None, stepped_up(place, token))[1]
    app = pyotp.TOTP(enrolled["secret"])
    backups = place.send(
        "POST", "/api/v1/auth/2fa/totp/confirm", {"code": app.at(int(clock.unix()) - 30)}, token
    )[1]["codes"]
    change = {"current_password": PASSWORD, "new_password": NEW}
    place.db.run("UPDATE users.confirmations SET created_at = created_at - interval '1 minute'")
    weak = stepped_up(place, token)
    for path, body in (("/auth/password/change", change), ("/users/me/email", {"email": "new@example.com"})):
        status, refused, _ = place.send("POST", f"/api/v1{path}", body, weak)
        assert (status, refused["code"]) == (403, "STEP_UP_REQUIRED"), path
    strong = stepped_up(place, token, "totp", app.at(int(clock.unix())))
    status, grant, _ = place.send("POST", "/api/v1/auth/password/change", change, strong)
    assert status == 200, grant
    assert place.send("GET", "/api/v1/users/me", token=strong)[0] == 401
    assert place.send("GET", "/api/v1/users/me", token=grant["access_token"])[0] == 200
    refreshed = {"refresh_token": grant["refresh_token"], "device_id": grant["device_id"]}
    assert place.send("POST", "/api/v1/auth/refresh", refreshed)[0] == 200

    asked = place.send("POST", "/api/v1/auth/password/forgot", {"email": ASHA})[1]
    proof = {"reset_id": asked["reset_id"], "code": place.code(), "password": "nine green lamps"}
    status, refused, _ = place.send("POST", "/api/v1/auth/password/reset", proof)
    assert (status, refused["code"]) == (422, "SECOND_FACTOR_MISSING")
    proof["second_factor"] = backups[0]
    assert place.send("POST", "/api/v1/auth/password/reset", proof)[0] == 200


def test_an_address_changes_with_both_codes_or_waits_and_is_stopped(place: Place) -> None:
    place.register(ASHA)
    token = place.login(ASHA)["access_token"]
    assert place.send("POST", "/api/v1/users/me/email", {"email": "new@example.com"}, token)[0] == 403
    fresh = stepped_up(place, token)
    status, begun, _ = place.send("POST", "/api/v1/users/me/email", {"email": "new@example.com"}, fresh)
    assert (status, begun["channel"]) == (202, "email")
    old, new = re.findall(r"code is (\d{6})", "\n".join(place.mailed[-2:]))
    codes = {"change_id": begun["change_id"], "new_code": new, "old_code": old}
    status, done, _ = place.send("POST", "/api/v1/users/me/address-changes/confirm", codes, token)
    assert (status, done) == (200, {"status": "changed", "takes_effect_at": None})
    assert place.send("GET", "/api/v1/users/me", token=token)[1]["email"] == "new@example.com"

    place.db.run("UPDATE users.confirmations SET created_at = created_at - interval '1 minute'")
    fresh = stepped_up(place, token)
    begun = place.send("POST", "/api/v1/users/me/email", {"email": "third@example.com"}, fresh)[1]
    word = re.findall(r"with the word (\w{20})", place.mailed[-2])[0]
    codes = {"change_id": begun["change_id"], "new_code": place.code()}
    status, waits, _ = place.send("POST", "/api/v1/users/me/address-changes/confirm", codes, token)
    assert (status, waits["status"]) == (200, "waiting")
    (listed,) = place.send("GET", "/api/v1/users/me/address-changes", token=token)[1]["items"]
    assert (listed["address"], listed["id"]) == ("third@example.com", begun["change_id"])
    assert run("make_due_addresses") == {"made": 0}
    assert place.send("POST", "/api/v1/auth/address-change/stop", {"word": "abcdefghjk"})[0] == 422
    assert place.send("POST", "/api/v1/auth/address-change/stop", {"word": word})[0] == 204
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 401

    token = str(place.login("new@example.com")["access_token"])
    place.db.run("UPDATE users.confirmations SET created_at = created_at - interval '1 minute'")
    begun = place.send("POST", "/api/v1/users/me/email", {"email": ASHA}, stepped_up(place, token))[1]
    codes = {"change_id": begun["change_id"], "new_code": place.code()}
    place.send("POST", "/api/v1/users/me/address-changes/confirm", codes, token)
    later(place, 73 * 3600)
    assert run("make_due_addresses") == {"made": 1}
    assert place.send("GET", "/api/v1/users/me", token=token)[1]["email"] == ASHA
    assert told(place).count("user.address_changed") == 2
    assert (
        place.send("DELETE", f"/api/v1/users/me/address-changes/{begun['change_id']}", token=token)[0] == 404
    )


def test_support_unlocks_and_the_deed_stands_in_the_outbox(place: Place) -> None:
    by = admin(place)
    place.register(ASHA)
    mine = place.login(ASHA)["access_token"]
    user_id = place.send("GET", "/api/v1/users/me", token=mine)[1]["id"]
    path, why = f"/api/v1/users/{user_id}/unlock", {"reason": "owner_identified", "reference": "CASE-2041"}
    assert place.send("POST", path, why, mine)[0] == 403
    assert place.send("POST", path, {"reason": "owner_identified"}, by)[0] == 422
    assert place.send("POST", path, why, by)[1]["code"] == "NOT_LOCKED"
    assert fail(place, 6)[0] == 429
    assert place.send("POST", path, why, by)[0] == 204
    place.login(ASHA)
    assert told(place)[-2:] == ["user.unlocked", "action.performed"]


def test_known_and_unknown_addresses_cost_the_same_commands(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a clock is read but the work: the commands PostgreSQL is sent, and what is mailed."""
    place.register(ASHA)
    place.login(ASHA)
    database = stores.database()
    execute, sent = database._execute, list[str]()

    def counted(sql: str, *params: Any, **more: Any) -> Any:
        sent.append(sql)
        return execute(sql, *params, **more)

    monkeypatch.setattr(database, "_execute", counted)

    def work(email: str) -> tuple[list[str], int, list[tuple[int, list[str], object]]]:
        sent.clear()
        mailed = len(place.mailed)
        answers: list[tuple[int, list[str], object, object]] = []
        for path, body in (
            ("login", {"email": email, "password": "wrong one"}),
            ("password/forgot", {"email": email}),
            ("password/forgot", {"email": email}),
            ("password/reset", {"reset_id": "", "code": "000000", "password": NEW}),
        ):
            given = {**body, "reset_id": answers[1][3]} if "reset_id" in body else body
            status, answer, _ = place.send("POST", f"/api/v1/auth/{path}", given)
            answers.append((status, sorted(answer), answer.get("detail"), answer.get("reset_id")))
        return list(sent), len(place.mailed) - mailed, [one[:3] for one in answers]

    known, unknown = work(ASHA), work("nobody@example.com")
    assert known == unknown
    assert [one[0] for one in known[2]] == [401, 202, 429, 422]
    assert len(known[0]) == 3 + 4 + 3 + 1


def test_consent_is_given_withdrawn_and_read_back(place: Place) -> None:
    place.register(ASHA)
    token = place.login(ASHA)["access_token"]
    status, notices, _ = place.send("GET", "/api/v1/consents/notices")
    assert status == 200
    first = notices["items"][0]
    assert {*first["text"]} == {"en", "hi"}

    def put(**answer: object) -> tuple[int, dict[str, Any]]:
        path = f"/api/v1/users/me/consents/{first['purpose']}"
        return place.send("PUT", path, answer, token)[:2]

    assert put(given=True, version="older")[1]["code"] == "NOTICE_OUTDATED"
    assert put(given=True, version=first["version"])[1]["state"] == "given"
    assert put(given=False)[1]["state"] == "withdrawn"
    states = place.send("GET", "/api/v1/users/me/consents", token=token)[1]["items"]
    assert [one["state"] for one in states] == ["withdrawn", "never", "never"]
    page = place.send("GET", "/api/v1/users/me/consents/history?limit=1", token=token)[1]
    assert (page["items"][0]["answer"], page["items"][0]["digest"]) == ("withdrawn", first["digest"])
    rest = place.send("GET", f"/api/v1/users/me/consents/history?cursor={page['next_cursor']}", token=token)[
        1
    ]
    assert ([one["answer"] for one in rest["items"]], rest["next_cursor"]) == (["given"], None)
    assert told(place).count("user.consent_changed") == 2
