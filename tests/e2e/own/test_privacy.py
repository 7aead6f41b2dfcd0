"""The whole platform: somebody reads all that is held about them, then leaves, and nothing of them can be read."""

import io
import json
import time
import zipfile
from functools import partial
from typing import Any

import pytest
import requests

from demo.people import Client, Person, RefusedError, confirm, sign_in, sign_up
from fixtures.platform import RunningPlatform
from kit import ids
from local.stores.base import until
from privacy.model.export import DOMAINS

pytestmark = pytest.mark.platform


PATIENCE_S = 180
PASSWORD = "a long enough pass 9"


def letters(platform: RunningPlatform, email: str) -> list[str]:
    found = requests.get(f"{platform.controls}/mailbox?to={email}", timeout=30).json()
    return [one["text"] for one in found["messages"]]


def ask(who: Person, method: str, path: str) -> Any:
    return who.client.send(method, f"/api/v1/privacy{path}", None, {"Idempotency-Key": ids.uuid7()})


def advance(platform: RunningPlatform, seconds: int) -> None:
    requests.post(f"{platform.controls}/clock", json={"advance_s": seconds}, timeout=30).raise_for_status()


def wrote(platform: RunningPlatform, email: str, words: str) -> bool:
    return any(words in text for text in letters(platform, email))


def status(platform: RunningPlatform, email: str) -> str:
    try:
        sign_in(platform.api, email, PASSWORD)
    except RefusedError as refused:
        return str(refused.problem["code"])
    return "SIGNED_IN"


def read_archive(link: str) -> dict[str, Any]:
    answer = requests.get(link, timeout=60)
    answer.raise_for_status()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def administrator(platform: RunningPlatform) -> Person:
    first = Client(platform.api).get("/_local/admin")
    return sign_in(platform.api, first["email"], first["password"])


def is_erased(admin: Person, erasure: str) -> bool:
    """Whether the event store holds the end of it: nobody else may read it any more."""
    time.sleep(1)  # a gentle poll: requests are counted
    found = admin.client.get(f"/api/v1/audit/entries?subject={erasure}")["items"]
    return "privacy.erasure_completed" in {one["type"] for one in found}


def test_somebody_reads_what_is_held_about_them_and_leaves(own: RunningPlatform) -> None:
    email, other = f"{ids.uuid7()}@example.com", f"{ids.uuid7()}@example.com"
    asha, bela = (sign_up(own.api, address, PASSWORD) for address in (email, other))
    notice = asha.client.get("/api/v1/consents/notices")["items"][0]
    given = {"given": True, "version": notice["version"], "locale": "en"}
    asha.client.send("PUT", f"/api/v1/users/me/consents/{notice['purpose']}", given)

    with pytest.raises(RefusedError, match="STEP_UP_REQUIRED"):
        ask(asha, "POST", "/exports")
    confirm(asha.client, asha.email)
    one = ask(asha, "POST", "/exports")["id"]
    assert until(partial(wrote, own, email, "copy of your data"), PATIENCE_S), ask(
        asha, "GET", f"/exports/{one}"
    )
    with pytest.raises(RefusedError, match="EXPORT_NOT_FOUND"):
        ask(bela, "GET", f"/exports/{one}")

    shown = ask(asha, "GET", f"/exports/{one}")
    assert (shown["state"], shown["missing"]) == ("ready", [])
    files = read_archive(shown["download"])
    assert set(files) == {"manifest.json", *(f"{domain}.json" for domain in DOMAINS)}
    (account,) = files["users.json"]["sections"]["account"]
    assert (account["email"], account["id"]) == (email, asha.id)
    assert files["users.json"]["sections"]["consents"][0]["purpose"] == notice["purpose"]
    assert other not in json.dumps(files)
    assert bela.id not in json.dumps(files)

    erasure = ask(asha, "POST", "/erasures")
    assert erasure["state"] == "waiting"
    assert {line["domain"] for line in erasure["plan"]} == {*DOMAINS, "audit"}
    assert until(partial(wrote, own, email, "That happens at"), 60)
    assert ask(asha, "DELETE", f"/erasures/{erasure['id']}")["state"] == "cancelled"
    confirm(asha.client, asha.email)
    last = ask(asha, "POST", "/erasures")["id"]
    old = asha.client.token

    advance(own, 48 * 3600 + 1)
    assert until(partial(wrote, own, email, "our last letter"), PATIENCE_S)
    admin = administrator(own)
    assert until(partial(is_erased, admin, last), PATIENCE_S)
    assert status(own, email) == status(own, f"{ids.uuid7()}@example.com") != "SIGNED_IN"
    with pytest.raises(RefusedError, match="401"):
        Client(own.api, old).get("/api/v1/users/me")
    assert requests.get(shown["download"], timeout=30).status_code in {403, 404}
    assert status(own, other) == "SIGNED_IN"

    seen = admin.client.get(f"/api/v1/users/{asha.id}")
    assert (seen["email"], seen["phone"], seen["display_name"]) == (None, None, "")
    assert admin.client.get("/api/v1/audit/verify")["differences"] == []
