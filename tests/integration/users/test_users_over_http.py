"""The whole domain as its Lambda functions run it: proxy events in, real PostgreSQL, Redis, and moto's AWS."""

import pyotp
import pytest

from builders.users_api import PASSWORD, Place, admin, run, stepped_up
from kit import clock, secrets
from users import api as users_api

pytestmark = pytest.mark.stores


def test_a_life_from_registration_to_sign_out(place: Place) -> None:
    place.register("asha@example.com")
    grant = place.login("asha@example.com")
    token = grant["access_token"]
    status, me, headers = place.send("GET", "/api/v1/users/me", token=token)
    assert (status, me["email"], me["plan"], headers["ETag"]) == (200, "asha@example.com", "free", '"v1"')
    assert (me["valid_until"], me["source"]) == (None, "none")
    change = {"display_name": "Asha"}
    assert place.send("PATCH", "/api/v1/users/me", change, token)[0] == 428
    status, me, headers = place.send("PATCH", "/api/v1/users/me", change, token, If_Match='"v1"')
    assert (status, me["display_name"], headers["ETag"]) == (200, "Asha", '"v2"')
    assert place.send("PATCH", "/api/v1/users/me", change, token, If_Match='"v1"')[0] == 412
    status, devices, _ = place.send("GET", "/api/v1/users/me/devices", token=token)
    assert [one["current"] for one in devices["items"]] == [True]
    assert place.send("POST", "/api/v1/auth/logout", token=token)[0] == 204
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 401
    again = {"refresh_token": grant["refresh_token"], "device_id": grant["device_id"]}
    status, problem, _ = place.send("POST", "/api/v1/auth/refresh", again)
    assert (status, problem["code"]) == (401, "REFRESH_REFUSED")


def test_a_refreshed_token_goes_on_and_a_replay_is_the_same(place: Place) -> None:
    place.register("asha@example.com")
    grant = place.login("asha@example.com")
    body = {"refresh_token": grant["refresh_token"], "device_id": grant["device_id"]}
    status, first, _ = place.send("POST", "/api/v1/auth/refresh", body)
    assert status == 200
    assert place.send("POST", "/api/v1/auth/refresh", body)[1]["refresh_token"] == first["refresh_token"]
    assert place.send("GET", "/api/v1/users/me", token=first["access_token"])[0] == 200


def test_an_administrator_grants_and_old_tokens_must_be_refreshed(place: Place) -> None:
    by = admin(place)
    place.register("asha@example.com")
    grant = place.login("asha@example.com")
    status, found, _ = place.send("GET", "/api/v1/users?email=asha@example.com", token=by)
    assert status == 200
    user_id = found["items"][0]["id"]
    mine = grant["access_token"]
    assert place.send("PUT", f"/api/v1/users/{user_id}/plan", {"plan": "premium"}, mine)[0] == 403
    assert place.send("GET", f"/api/v1/users/{user_id}", token=mine)[0] == 403
    status, changed, _ = place.send("PUT", f"/api/v1/users/{user_id}/plan", {"plan": "premium"}, by)
    assert (status, changed["plan"]) == (200, "premium")
    status, changed, _ = place.send("PUT", f"/api/v1/users/{user_id}/roles", {"roles": ["analyst"]}, by)
    assert (status, changed["roles"]) == (200, ["user", "analyst"])
    assert place.send("GET", "/api/v1/users/me", token=mine)[0] == 401
    body = {"refresh_token": grant["refresh_token"], "device_id": grant["device_id"]}
    refreshed = place.send("POST", "/api/v1/auth/refresh", body)[1]["access_token"]
    status, me, _ = place.send("GET", "/api/v1/users/me", token=refreshed)
    assert (status, me["plan"]) == (200, "premium")
    told = place.db.all(
        "SELECT version FROM users.outbox WHERE key = %s AND topic = 'user-events' ORDER BY seq", (user_id,)
    )
    assert [row[0] for row in told] == [1, 2, 3]


def test_a_flushed_redis_degrades_and_heals_and_revoked_tokens_stay_revoked(place: Place) -> None:
    place.register("asha@example.com")
    token = place.login("asha@example.com")["access_token"]
    other = place.login("asha@example.com")["access_token"]
    place.send("POST", "/api/v1/auth/logout", token=token)
    place.redis.call("FLUSHDB")
    assert place.send("GET", "/api/v1/users/me", token=other)[0] == 200
    assert place.send("POST", "/api/v1/auth/logout-all", token=other)[0] == 503
    login = {"email": "asha@example.com", "password": PASSWORD}
    assert place.send("POST", "/api/v1/auth/login", login)[0] == 503
    assert run("rebuild_revocations") == {"mirrored": 1}
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 401
    assert place.send("POST", "/api/v1/auth/logout-all", token=other)[0] == 204
    assert place.send("GET", "/api/v1/users/me", token=other)[0] == 401
    assert (
        place.send("GET", "/api/v1/users/me", token=place.login("asha@example.com")["access_token"])[0] == 200
    )


def test_known_and_unknown_accounts_cannot_be_told_apart(place: Place) -> None:
    place.register("asha@example.com")
    answers = []
    for email in ("asha@example.com", "nobody@example.com"):
        wrong = {"email": email, "password": "not the password"}
        status, problem, _ = place.send("POST", "/api/v1/auth/login", wrong)
        register = {"email": email, "password": PASSWORD}
        code, asked, _ = place.send("POST", "/api/v1/auth/register", register)
        answers.append((status, {**problem, "request_id": ""}, code, sorted(asked), asked["resend_after_s"]))
    assert answers[0] == answers[1]


def test_keys_are_published_and_a_rotation_keeps_tokens_alive(place: Place) -> None:
    place.register("asha@example.com")
    token = place.login("asha@example.com")["access_token"]
    status, document, headers = place.send("GET", "/.well-known/jwks.json")
    assert (status, len(document["keys"]), headers["Cache-Control"]) == (200, 1, "public, max-age=300")
    run("rotate_signing_key")
    secrets.forget()
    assert len(place.send("GET", "/.well-known/jwks.json")[1]["keys"]) == 2
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 200
    run("rotate_signing_key", leaked=True)
    secrets.forget()
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 401
    renewed = place.login("asha@example.com")["access_token"]
    assert place.send("GET", "/api/v1/users/me", token=renewed)[0] == 200


BAD: tuple[dict[str, object], ...] = (
    {},
    {"email": "asha@example.com"},
    {"email": "asha@example.com", "phone": "+919812345678", "password": PASSWORD},
    {"email": "not an address", "password": PASSWORD},
    {"email": "ash\u00e4@example.com", "password": PASSWORD},
    {"phone": "+14155550123", "password": PASSWORD},
    {"phone": "12345", "password": PASSWORD},
    {"email": "asha@example.com", "password": "short"},
    {"email": "asha@example.com", "password": PASSWORD, "roles": ["admin"]},
    {"email": "asha@example.com", "password": PASSWORD, "display_name": "a\nb"},
)


def test_bad_registrations_are_422_with_pointers(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_api.api, "_redis", None)  # the rate is not what is tried here
    for body in BAD:
        status, problem, _ = place.send("POST", "/api/v1/auth/register", body)
        assert (status, bool(problem.get("errors"))) == (422, True), (body, problem)


def test_the_sixth_sign_in_a_minute_from_one_address_waits(place: Place) -> None:
    login = {"email": "asha@example.com", "password": PASSWORD}
    seen = [place.send("POST", "/api/v1/auth/login", login) for _ in range(6)]
    assert [status for status, _, _ in seen] == [401] * 5 + [429]
    assert int(seen[5][2]["Retry-After"]) > 0


def test_forgetting_leaves_what_is_of_use(place: Place) -> None:
    place.register("asha@example.com")
    token = place.login("asha@example.com")["access_token"]
    assert run("forget_expired") == {"deleted": 0}
    place.db.run("UPDATE users.otp_verifications SET created_at = created_at - interval '2 days'")
    place.db.run("UPDATE users.refresh_tokens SET expires_at = expires_at - interval '9 days'")
    assert run("forget_expired") == {"deleted": 2}
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 200


def test_a_step_up_is_a_code_and_a_token_for_this_session(place: Place) -> None:
    place.register("asha@example.com")
    grant = place.login("asha@example.com")
    token = grant["access_token"]
    assert place.send("POST", "/api/v1/auth/step-up", {"method": "otp"})[0] == 401
    assert place.send("POST", "/api/v1/auth/step-up", {"method": "call me"}, token)[0] == 422
    status, refused, _ = place.send("POST", "/api/v1/auth/step-up", {"method": "totp"}, token)
    assert (status, refused["code"]) == (409, "NO_AUTHENTICATOR")
    status, asked, _ = place.send("POST", "/api/v1/auth/step-up", {"method": "otp"}, token)
    assert (status, asked["method"], asked["channel"]) == (202, "otp", "email")
    status, refused, headers = place.send("POST", "/api/v1/auth/step-up", {"method": "otp"}, token)
    assert (status, refused["code"]) == (429, "TOO_MANY_CODES")
    assert int(headers["Retry-After"]) <= 31
    proof = {"step_up_id": asked["step_up_id"], "code": place.code()}
    elsewhere = place.login("asha@example.com")["access_token"]
    assert place.send("POST", "/api/v1/auth/step-up/verify", proof, elsewhere)[0] == 422
    status, proven, _ = place.send("POST", "/api/v1/auth/step-up/verify", proof, token)
    assert (status, proven["level"], proven["token_type"]) == (200, 1, "Bearer")
    context = place.authorize(proven["access_token"], "/api/v1/users/me")["context"]
    assert context["step_up_level"] == "1"
    assert abs(int(context["step_up_at"]) - clock.unix()) < 5
    assert place.send("POST", "/api/v1/auth/logout", None, proven["access_token"])[0] == 204
    assert place.send("GET", "/api/v1/users/me", token=token)[0] == 401


def test_guessing_a_step_up_is_stopped(place: Place) -> None:
    place.register("asha@example.com")
    token = place.login("asha@example.com")["access_token"]
    _, asked, _ = place.send("POST", "/api/v1/auth/step-up", {"method": "otp"}, token)
    right = place.code()
    wrong = {"step_up_id": asked["step_up_id"], "code": f"{(int(right) + 1) % 1_000_000:06d}"}
    for _ in range(5):
        status, refused, _ = place.send("POST", "/api/v1/auth/step-up/verify", wrong, token)
        assert (status, refused["code"]) == (422, "CODE_REFUSED")
    assert place.send("POST", "/api/v1/auth/step-up/verify", {**wrong, "code": right}, token)[0] == 422
    assert [place.send("POST", "/api/v1/auth/step-up/verify", wrong, token)[0] for _ in range(5)][-1] == 429


def test_an_app_protects_the_account_from_enrolment_to_removal(place: Place) -> None:
    place.register("asha@example.com")
    token = place.login("asha@example.com")["access_token"]
    status, refused, _ = place.send("POST", "/api/v1/auth/2fa/totp", None, token)
    assert (status, refused["code"]) == (403, "STEP_UP_REQUIRED")
    status, enrolled, _ = place.send("POST", "/api/v1/auth/2fa/totp", None, stepped_up(place, token))
    assert status == 201, enrolled
    assert enrolled["uri"].startswith("otpauth://totp/TREUM:asha%40example.com?")
    app = pyotp.TOTP(enrolled["secret"])
    assert (
        place.db.one("SELECT 1 FROM users.second_factors WHERE secret LIKE %s", (f"%{enrolled['secret']}%",))
        is None
    )
    confirm = {"code": app.at(int(clock.unix()) - 30)}
    status, made, _ = place.send("POST", "/api/v1/auth/2fa/totp/confirm", confirm, token)
    assert (status, len(made["codes"])) == (200, 10)
    assert "authenticator app now protects" in place.mailed[-1]

    credentials = {"email": "asha@example.com", "password": PASSWORD}
    status, asked, _ = place.send("POST", "/api/v1/auth/login", credentials)
    assert (status, asked["code"], "access_token" in asked) == (401, "SECOND_FACTOR_REQUIRED", False)
    proof = {"challenge_id": asked["challenge_id"], "device_id": asked["device_id"]}
    wrong = {**proof, "code": "abcde-fghjk"}
    assert place.send("POST", "/api/v1/auth/login/second-factor", wrong)[0] == 422
    status, grant, _ = place.send(
        "POST", "/api/v1/auth/login/second-factor", {**proof, "code": made["codes"][0]}
    )
    assert (status, grant["device_id"]) == (200, asked["device_id"])
    mine = grant["access_token"]
    status, found, _ = place.send("GET", "/api/v1/auth/2fa", token=mine)
    assert (status, found["enabled"], found["backup_codes_left"]) == (200, True, 9)

    assert place.send("DELETE", "/api/v1/auth/2fa/totp", token=mine)[0] == 403
    strong = stepped_up(place, mine, "totp", app.at(int(clock.unix())))
    status, renewed, _ = place.send("POST", "/api/v1/auth/2fa/backup-codes", None, strong)
    assert (status, set(renewed["codes"]) & set(made["codes"])) == (200, set())
    assert place.send("DELETE", "/api/v1/auth/2fa/totp", token=strong)[0] == 204
    assert place.login("asha@example.com")["access_token"]
