"""People who are verified, and the staff that reviews them, on the running platform."""

from typing import Any

import requests

from demo.kyc import AADHAAR, JPEG, apply
from demo.people import demo_user
from fixtures.platform import RunningPlatform
from kit import ids

__all__ = ["AADHAAR", "JPEG", "Person"]


class Person:
    """Somebody signed in, with the roles given."""

    def __init__(self, platform: RunningPlatform, *roles: str) -> None:
        self.base = f"{platform.api}/api/v1"
        made = demo_user(platform.api, "enterprise", *roles)
        self.client, self.email, self.id = made.client, made.email, made.id
        self.signed = {"Authorization": f"Bearer {made.client.token}"}

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
        return apply(self.client, pan, name, self.email, content)

    def is_so(self, state: str) -> bool:
        return bool(self.read("/kyc")["application"]["state"] == state)
