"""Secrets and personal data stay where they belong: seeded values, looked for in everything that is left behind.

Somebody does with seeded values whatever takes a secret or says who they are, rightly and wrongly. Afterwards
no log and no topic holds any of them, and no table and no key of Redis holds a secret in the clear.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest

from builders import traces
from demo.kyc import AADHAAR, apply, unused_pan
from demo.people import Client, RefusedError, confirm, prove
from demo.shop import wait_for
from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform


@dataclass
class Seeded:
    """``secret`` values may lie nowhere in the clear; ``personal`` ones in no log and no topic."""

    secret: dict[str, str] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    person: str = ""


def _text(words: str) -> str:
    return f"{words}{secrets.token_hex(8)}"


@pytest.fixture(scope="module")
def seeded(platform: RunningPlatform) -> Seeded:
    """Live a life with seeded values."""
    made = Seeded()
    made.personal = {
        "e-mail address": f"{_text('leak')}@example.com",
        "phone number": f"+91{secrets.choice('6789')}{secrets.randbelow(10**9):09}",
        "name": _text("Leela "),
        "street": _text("1 Leak Street "),
        "PAN": unused_pan("ABC"),
        "Aadhaar number": AADHAAR,
    }
    made.secret = {name: _text("Leak-") for name in ("password", "wrong password", "next password")}
    nobody, one = Client(platform.api), Client(platform.api)
    login = {"email": made.personal["e-mail address"], "password": made.secret["password"]}
    prove(one, login | {"display_name": made.personal["name"]})
    _refused(nobody, "POST", "/auth/login", login | {"password": made.secret["wrong password"]})
    granted = one.post("/api/v1/auth/login", login)
    one.token = made.secret["access token"] = granted["access_token"]
    made.secret["refresh token"] = granted["refresh_token"]
    made.person = one.get("/api/v1/users/me")["id"]
    _secure(one, made)
    _introduce(one, made)
    _partner(one, made)
    _misuse(nobody, made)
    return made


def _refused(client: Client, method: str, path: str, body: Any, **headers: str) -> None:
    """Ask for what is refused: its problem document is the client's alone."""
    with suppress(RefusedError):
        client.send(method, f"/api/v1{path}", body, headers)


def _secure(one: Client, made: Seeded) -> None:
    """Take another password, add a phone and an authenticator app."""
    change = {"current_password": made.secret["password"], "new_password": made.secret["next password"]}
    granted = one.make("/api/v1/auth/password/change", change)
    one.token = made.secret["next access token"] = granted["access_token"]
    made.secret["next refresh token"] = granted["refresh_token"]
    confirm(one, made.personal["e-mail address"])
    one.make("/api/v1/users/me/phone", {"phone": made.personal["phone number"]})
    made.secret["secret of the app"] = one.post("/api/v1/auth/2fa/totp", {})["secret"]
    now = int(one.get("/_local/clock")["now"])
    code = pyotp.TOTP(made.secret["secret of the app"]).at(now)
    codes = one.post("/api/v1/auth/2fa/totp/confirm", {"code": code})["codes"]
    made.secret |= {f"backup code {place}": code for place, code in enumerate(codes)}


def _introduce(one: Client, made: Seeded) -> None:
    """Say where invoices go, and be verified."""
    said = made.personal
    profile = {"email": said["e-mail address"], "name": said["name"], "state": "KA"}
    one.send("PUT", "/api/v1/billing/profile", profile | {"address": said["street"]})
    apply(one, said["PAN"], said["name"], said["e-mail address"])
    wait_for("KYC", lambda: one.get("/api/v1/kyc")["application"]["state"] == "approved", 180.0)


def _partner(one: Client, made: Seeded) -> None:
    """Have a key and a webhook, and a hook of TradingView."""

    def posted(path: str, body: Any) -> Any:
        return one.make(f"/api/v1{path}", body)

    application = posted("/partners/applications", {"name": "Leaky"})["id"]
    wish = {"name": "main", "scopes": ["signals:read"]}
    made.secret["API key"] = posted(f"/partners/applications/{application}/keys", wish)["key"]
    Client(one.base, made.secret["API key"]).get("/api/v1/signals")
    wish = {"url": "https://hooks.example.com/in", "types": ["signal.published"]}
    with suppress(RefusedError):  # without a network the name is not found
        made.secret["webhook secret"] = posted(f"/partners/applications/{application}/endpoints", wish)[
            "secret"
        ]


def _misuse(nobody: Client, made: Seeded) -> None:
    """Send secrets and data where they do not belong, as broken clients do."""
    whole: Mapping[str, str] = made.personal | made.secret
    for name, value in whole.items():
        _refused(nobody, "POST", "/auth/login", {"email": value, "password": value})
        _refused(nobody, "POST", "/auth/register", {name: value})
        _refused(nobody, "POST", "/auth/refresh", {"refresh_token": value, "device_id": value})
        _refused(Client(nobody.base, value.replace(" ", "")), "GET", "/users/me", None)
        _refused(Client(nobody.base, made.secret["access token"]), "PATCH", "/users/me", {"locale": value})


def test_no_log_holds_a_secret_or_says_who_somebody_is(platform: RunningPlatform, seeded: Seeded) -> None:
    left = list(traces.logs(platform))
    assert traces.found(seeded.secret | seeded.personal, left) == []
    assert traces.found({"the person's id": seeded.person}, left), "what looks would find something"


def test_no_topic_holds_a_secret_or_says_who_somebody_is(platform: RunningPlatform, seeded: Seeded) -> None:
    left = list(traces.topics(platform))
    assert traces.found(seeded.secret | seeded.personal, left) == []
    assert traces.found({"the person's id": seeded.person}, left)


def test_no_store_holds_a_secret_in_the_clear(platform: RunningPlatform, seeded: Seeded) -> None:
    left = [*traces.tables(platform), *traces.redis(platform)]
    sealed = {name: seeded.personal[name] for name in ("PAN", "Aadhaar number")}
    assert traces.found(seeded.secret | sealed, left) == []
    kept = traces.found({"the person's id": seeded.person}, left)
    assert {"the person's id in table users.users", "the person's id in redis"} <= set(kept)
