"""Sign-in by a provider as the functions run it: a real OpenID Connect server, PostgreSQL, Redis, moto's AWS."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyotp
import pytest

from builders.users import House, Mailbox
from builders.users_api import PASSWORD, Place, admin, fresh, stepped_up
from demo.provider import sent_back
from fixtures.database import Databases
from kit import clock
from kit.aws.client import AwsClient
from kit.outbox import Outbox
from local.oidc_emulator.server import APP_ID, CLIENT_ID, OidcServer
from users import api as users_api
from users.adapters.postgres import PostgresAccounts, PostgresIdentities, PostgresSecondFactors
from users.bootstrap import federation
from users.model import IdClaims
from users.service.identities import Linking
from users.service.notices import Notices

pytestmark = pytest.mark.stores
REDIRECT = "https://treum.example/signed-in"
ASHA = "asha@example.com"
START, CALLBACK, EXCHANGE = (f"/api/v1/auth/oidc/{one}" for one in ("start", "callback", "exchange"))
MINE = "/api/v1/users/me/identities"


@pytest.fixture
def tenant(place: Place, oidc: OidcServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[OidcServer]:  # noqa: ARG001 - first
    """Return the provider, set up as the function's settings name it; what one address may try is not asked."""
    monkeypatch.setattr(users_api.api, "_redis", None)
    environment = {
        "OIDC_ISSUER": oidc.url,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_APP_IDS": APP_ID,
        "OIDC_REDIRECT_URI": REDIRECT,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    secret = {"Name": "treum/test/oidc", "SecretString": json.dumps({"client_secret": oidc.secret})}
    AwsClient("secretsmanager").json_call("secretsmanager.CreateSecret", "1.1", secret)
    fresh(federation)
    yield oidc
    fresh(federation)


def begin(place: Place, login: str = ASHA) -> dict[str, str]:
    """Begin a sign-in and sign in at the provider; return what the callback takes."""
    status, begun, _ = place.send("POST", START)
    assert status == 200, begun
    location = urlsplit(sent_back(begun["authorize_url"], login))
    assert f"{location.scheme}://{location.netloc}{location.path}" == REDIRECT
    return {"handle": begun["handle"], **dict(parse_qsl(location.query))}


def exchange(place: Place, tenant: OidcServer, login: str = ASHA, **said: Any) -> tuple[int, dict[str, Any]]:
    status, answer, _ = place.send("POST", EXCHANGE, {"id_token": tenant.id_token(login, **said)})
    return status, answer


def me(place: Place, grant: dict[str, Any]) -> dict[str, Any]:
    status, user, _ = place.send("GET", "/api/v1/users/me", None, grant["access_token"])
    assert status == 200, user
    return user


def test_a_sign_in_by_code_is_a_session_like_any_other(place: Place, tenant: OidcServer) -> None:
    given = begin(place)
    status, grant, _ = place.send("POST", CALLBACK, given)
    assert status == 200, grant
    user = me(place, grant)
    assert (user["email"], user["plan"], user["roles"]) == (ASHA, "free", ["user"])
    renewed = {"refresh_token": grant["refresh_token"], "device_id": grant["device_id"]}
    status, again, _ = place.send("POST", "/api/v1/auth/refresh", renewed)
    assert status == 200, again
    _, devices, _ = place.send("GET", "/api/v1/users/me/devices", None, again["access_token"])
    assert len(devices["items"]) == 1
    status, grant, _ = place.send("POST", CALLBACK, begin(place))
    assert (status, me(place, grant)["id"]) == (200, user["id"])
    assert tenant.counts()["/oauth/token"] == 2


def test_code_state_and_handle_are_used_once_and_belong_together(place: Place, tenant: OidcServer) -> None:
    mine, other = begin(place), begin(place)
    mixed = [
        {**mine, "state": other["state"]},
        {**mine, "handle": other["handle"]},
        {**other, "code": mine["code"]},  # the provider finds that the verifier is another one
    ]
    for given in mixed:
        status, problem, _ = place.send("POST", CALLBACK, given)
        assert (status, problem["code"]) == (401, "OIDC_SIGN_IN_REFUSED"), problem
    assert tenant.counts()["/oauth/token"] == 1
    fine = begin(place)
    assert place.send("POST", CALLBACK, fine)[0] == 200
    assert place.send("POST", CALLBACK, fine)[0] == 401


def test_an_app_exchanges_its_id_token_once(place: Place, tenant: OidcServer) -> None:
    body = {"id_token": tenant.id_token(ASHA), "device_id": "device-0001", "device_name": "Asha's phone"}
    status, grant, _ = place.send("POST", EXCHANGE, body)
    assert (status, grant["device_id"]) == (200, "device-0001"), grant
    status, problem, _ = place.send("POST", EXCHANGE, body)
    assert (status, problem["code"]) == (401, "OIDC_TOKEN_REFUSED")
    assert "Sign in at the provider again" in problem["detail"]
    for other in ({"aud": "another-app"}, {"iss": "https://evil.test/"}, {"exp": 1}):
        assert exchange(place, tenant, **other)[0] == 401


def test_an_unverified_address_is_told_what_to_do(place: Place, tenant: OidcServer) -> None:
    status, problem = exchange(place, tenant, email_verified=False)
    assert (status, problem["code"]) == (403, "OIDC_EMAIL_UNVERIFIED")
    assert "confirm it there" in problem["detail"]


def test_a_known_account_is_linked_told_and_audited(place: Place, tenant: OidcServer) -> None:
    place.register(ASHA)
    user = me(place, place.login(ASHA))
    status, grant = exchange(place, tenant, "Asha@Example.com")
    assert (status, me(place, grant)["id"]) == (200, user["id"]), grant
    assert "identity of another provider now signs in" in place.mailed[-1]
    rows = place.db.all("SELECT convert_from(payload, 'UTF8') FROM users.outbox ORDER BY seq")
    told = [json.loads(row[0]) for row in rows]
    assert [one["type"] for one in told][-2:] == ["user.identity_linked", "action.performed"]
    assert told[-1]["data"]["action"] == "user.link_identity"
    assert not any("auth0|" in row[0] or "@" in row[0] for row in rows)


def test_a_second_factor_is_asked_for_as_at_a_sign_in_by_password(place: Place, tenant: OidcServer) -> None:
    place.register(ASHA)
    token = stepped_up(place, place.login(ASHA)["access_token"])
    _, enrolment, _ = place.send("POST", "/api/v1/auth/2fa/totp", None, token)
    app = pyotp.TOTP(enrolment["secret"])
    code = {"code": app.at(int(clock.unix()))}
    status, backup, _ = place.send("POST", "/api/v1/auth/2fa/totp/confirm", code, token)
    assert status == 200, backup
    status, problem = exchange(place, tenant)
    assert (status, problem["code"]) == (403, "OIDC_LINK_NEEDS_SIGN_IN")
    body = {"id_token": tenant.id_token(ASHA)}
    status, problem, _ = place.send("POST", MINE, body, token)  # confirmed by a code, not by the app
    assert (status, problem["code"]) == (403, "STEP_UP_REQUIRED")
    higher = stepped_up(place, token, "totp", backup["codes"][0])
    status, linked, _ = place.send("POST", MINE, body, higher)
    assert (status, linked["issuer"]) == (201, tenant.url), linked
    status, asked = exchange(place, tenant, email="moved@example.com")
    assert (status, asked["code"]) == (401, "SECOND_FACTOR_REQUIRED"), asked
    proof = {
        "challenge_id": asked["challenge_id"],
        "device_id": asked["device_id"],
        "code": backup["codes"][1],
    }
    assert place.send("POST", "/api/v1/auth/login/second-factor", proof)[0] == 200


def test_one_lists_and_removes_one_s_own_identities(place: Place, tenant: OidcServer) -> None:
    _, grant = exchange(place, tenant)
    token = grant["access_token"]
    _, found, _ = place.send("GET", MINE, None, token)
    (own,) = found["items"]
    assert set(own) == {"id", "issuer", "linked_at"}
    status, problem, _ = place.send("DELETE", f"{MINE}/{own['id']}", None, token)
    assert (status, problem["code"]) == (403, "STEP_UP_REQUIRED")
    confirmed = stepped_up(place, token)
    status, problem, _ = place.send("DELETE", f"{MINE}/{own['id']}", None, confirmed)
    assert (status, problem["code"]) == (409, "LAST_WAY_IN")
    place.register("ravi@example.com")
    ravi = stepped_up(place, place.login("ravi@example.com")["access_token"])
    assert place.send("DELETE", f"{MINE}/{own['id']}", None, ravi)[0] == 404
    body = {"id_token": tenant.id_token("asha.private@example.com")}
    status, problem, _ = place.send("POST", MINE, {"id_token": tenant.id_token(ASHA)}, ravi)
    assert (status, problem["code"]) == (409, "IDENTITY_TAKEN")
    assert place.send("POST", MINE, body, confirmed)[0] == 201
    assert place.send("DELETE", f"{MINE}/{own['id']}", None, confirmed)[0] == 204
    status, other = exchange(place, tenant)  # the address is still the account's: it is linked again
    assert (status, me(place, other)["id"]) == (200, me(place, grant)["id"])


def test_an_administrator_s_account_is_not_linked_by_its_address(place: Place, tenant: OidcServer) -> None:
    admin(place)
    status, problem = exchange(place, tenant, "admin@example.com")
    assert (status, problem["code"]) == (403, "OIDC_LINK_NEEDS_SIGN_IN")


def test_an_account_without_a_password_gets_one_by_mail(place: Place, tenant: OidcServer) -> None:
    exchange(place, tenant)
    for password in ("", " ", PASSWORD):
        login = {"email": ASHA, "password": password}
        assert place.send("POST", "/api/v1/auth/login", login)[0] in {401, 422}
    _, asked, _ = place.send("POST", "/api/v1/auth/password/forgot", {"email": ASHA})
    reset = {"reset_id": asked["reset_id"], "code": place.code(), "password": PASSWORD}
    assert place.send("POST", "/api/v1/auth/password/reset", reset)[0] in {200, 204}
    place.login(ASHA)


def test_without_a_provider_the_routes_say_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_api.api, "_redis", None)
    fresh(federation)
    for path, body in ((START, None), (EXCHANGE, {"id_token": "a.b.c"})):
        status, problem, _ = place.send("POST", path, body)
        assert (status, problem["code"]) == (404, "OIDC_OFF")
        assert "address and password" in problem["detail"]
    place.register(ASHA)
    token = place.login(ASHA)["access_token"]
    assert place.send("GET", MINE, None, token)[:2] == (200, {"items": []})


RACERS = 8


class Slow(PostgresAccounts):
    """Lets everybody look before anybody writes: the race is on each time."""

    line: Barrier

    def by_address(self, address: Any) -> Any:
        found = super().by_address(address)
        if found is None:
            self.line.wait(20)
        return found


@pytest.mark.parametrize("same", [True, False], ids=["one identity", "one address"])
def test_first_sign_ins_at_once_make_one_account(
    database: Databases,
    same: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    db = database("users")
    connections = [database.another(db) for _ in range(RACERS)]
    check = House().check

    def come(number: int) -> str:
        own = connections[number]
        outbox = Outbox(own, None)
        accounts = Slow(own, outbox)
        factors = replace(check, factors=PostgresSecondFactors(own, outbox))
        identities = PostgresIdentities(own, outbox, accounts)
        linking = Linking(accounts, identities, factors, Notices(Mailbox()))
        subject = "auth0|asha" if same else f"auth0|asha-{number}"
        claims = IdClaims("https://id.test/", subject, (APP_ID,), 1, 2, email=ASHA, email_verified=True)
        return linking.user_of(claims, "request").id

    Slow.line = Barrier(RACERS)
    with ThreadPoolExecutor(RACERS) as pool:
        users = list(pool.map(come, range(RACERS)))
    assert len(set(users)) == 1
    assert db.all("SELECT count(*) FROM users.users") == [(1,)]
    assert db.all("SELECT count(*) FROM users.identities") == [(1 if same else RACERS,)]
    told = db.all(
        "SELECT count(*) FROM users.outbox WHERE convert_from(payload, 'UTF8')::jsonb ->> 'type' ="
        " 'user.registered'"
    )
    assert told == [(1,)]
