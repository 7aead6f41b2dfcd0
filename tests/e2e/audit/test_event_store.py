"""The whole platform: what people do is stored, proved, exported, and verified offline by the command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from demo.people import Client, Person, RefusedError, sign_in, sign_up
from fixtures.platform import RunningPlatform
from kit import ids
from local.stores.base import until

pytestmark = pytest.mark.platform


def administrator(platform: RunningPlatform) -> Person:
    first = Client(platform.api).get("/_local/admin")
    return sign_in(platform.api, first["email"], first["password"])


def entries(admin: Person, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.client.get(f"/api/v1/audit/entries?{query}")["items"]
    return found


def export(admin: Person, entry: dict[str, Any], size: int) -> str:
    path = (
        f"/api/v1/audit/export?topic={entry['topic']}&partition={entry['partition']}&size={size}&limit=1000"
    )
    request = Request(admin.client.base + path, headers={"Authorization": f"Bearer {admin.client.token}"})  # noqa: S310 - loopback
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
        assert answer.headers["Content-Type"].startswith("application/x-ndjson")
        return str(answer.read().decode())


def test_what_people_do_is_stored_proved_and_verified_offline(
    platform: RunningPlatform, tmp_path: Path
) -> None:
    admin = administrator(platform)
    asha = sign_up(platform.api, f"{ids.uuid7()}@example.com", "a long enough pass 9")
    admin.client.send("PUT", f"/api/v1/users/{asha.id}/plan", {"plan": "premium"})
    wanted = {"user.registered", "user.plan_changed", "action.performed"}

    def stored() -> list[dict[str, Any]]:
        return entries(admin, f"subject={asha.id}")

    assert until(lambda: {one["type"] for one in stored()} >= wanted, 60), stored()
    deed = next(one for one in stored() if one["type"] == "action.performed")
    assert (deed["actor"], deed["event"]["data"]["action"]) == (admin.id, "user.grant_plan")
    shown = admin.client.get(f"/api/v1/audit/entries/{deed['event_id']}")
    assert shown["network"] == {"state": "open", "address": "127.0.0.1"}

    def proof() -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = admin.client.get(f"/api/v1/audit/proofs/{deed['id']}")
        except RefusedError as refused:
            if refused.status in {404, 409}:  # no checkpoint yet, or none that covers it
                return None
            raise
        return found

    platform.fire("AuditTasksCheckpoint")  # there is one a minute
    assert until(lambda: proof() is not None, 120)
    proved = proof()
    assert proved is not None
    head, text = tmp_path / "head.json", tmp_path / "export.jsonl"
    head.write_text(json.dumps(admin.client.get("/api/v1/audit/checkpoints?limit=1")))
    size = json.loads(head.read_text())["items"][0]["size"]
    text.write_text(export(admin, deed, size))
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(Client(platform.api).get("/api/v1/audit/keys")))
    command = [sys.executable, "-m", "treum_audit", str(text), "--head", str(head), "--keys", str(keys)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything holds" in done.stdout
    text.write_text(text.read_text().replace("user.grant_plan", "user.grant_plea"))
    forged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert forged.returncode == 1
    assert forged.stdout.startswith("WRONG")

    found = admin.client.get("/api/v1/audit/verify?limit=5000")
    while found["next_cursor"]:
        assert found["differences"] == []
        found = admin.client.get(f"/api/v1/audit/verify?limit=5000&cursor={found['next_cursor']}")
    assert found["differences"] == []
    standing = admin.client.get("/api/v1/audit/status")
    assert standing["covered"] <= standing["entries"]
    assert standing["conflicts"] == 0
    assert standing["counts"]["user-events"] > 0
    again = sign_in(platform.api, asha.email, asha.password)  # her token ended with the grant
    with pytest.raises(RefusedError, match="403"):
        again.client.get("/api/v1/audit/entries")
    denied = Client(platform.api).get("/_local/policy")["denied"]
    assert [one for one in denied if "audit" in one["role"]] == []
