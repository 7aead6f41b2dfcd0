"""People who are verified, and the staff that reviews them, on the running platform."""

from typing import Any

import requests

from fixtures.platform import RunningPlatform
from kit import ids

AADHAAR = "234567890124"
"""Passes Verhoeff's check; nobody's."""
JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 40 + b"\xff\xd9"


class Person:
    """Somebody signed in, with the roles given."""

    def __init__(self, platform: RunningPlatform, *roles: str) -> None:
        self.base = f"{platform.api}/api/v1"
        wanted = {"plan": "enterprise"} | ({"roles": ["user", *roles]} if roles else {})
        made = requests.post(f"{platform.controls}/demo-user", json=wanted, timeout=30).json()
        login = {"email": made["email"], "password": made["password"]}
        token = requests.post(f"{self.base}/auth/login", json=login, timeout=30).json()["access_token"]
        self.signed = {"Authorization": f"Bearer {token}"}
        self.email = made["email"]
        self.id = made["id"]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        keyed = {"Idempotency-Key": ids.uuid7()} if method == "POST" else {}
        return requests.request(
            method, self.base + path, json=body, headers=self.signed | keyed | headers, timeout=30
        )

    def read(self, path: str) -> Any:
        return self.send("GET", path).json()

    def act(self, method: str, path: str, body: Any = None, version: int = 0, status: int = 200) -> Any:
        """Ask, of that version of an application, and return the document."""
        tag = {"If-Match": f'"v{version}"'} if version else {}
        done = self.send(method, path, body, **tag)
        assert done.status_code == status, done.text
        return done.json()

    def apply(self, pan: str, name: str, *, content: bytes = JPEG) -> str:
        """Apply for the lowest tier and submit; return the application's id."""
        one = self.act("POST", "/kyc/applications", {"tier": "basic"}, status=201)
        path = f"/kyc/applications/{one['id']}"
        details = {
            "name": name,
            "born": "1990-04-01",
            "pan": pan,
            "aadhaar": AADHAAR,
            "email": self.email,
            "consent": True,
        }
        self.act("PUT", f"{path}/details", details, one["version"])
        for kind in ("pan_card", "photo"):
            self.upload(path, kind, content)
        assert self.read("/kyc")["todo"] == ["submit"]
        self.act("POST", f"{path}/submission", None, one["version"] + 1)
        return str(one["id"])

    def upload(self, path: str, kind: str, content: bytes = JPEG) -> None:
        """Ask for a form and send it as a browser does."""
        made = self.act("POST", f"{path}/documents", {"kind": kind, "content_type": "image/jpeg"}, status=201)
        sent = requests.post(made["url"], data=made["fields"], files={"file": ("a.jpg", content)}, timeout=30)
        assert sent.status_code == 204, sent.text

    def is_so(self, state: str) -> bool:
        return bool(self.read("/kyc")["application"]["state"] == state)
