"""Somebody who buys on the running platform."""

from typing import Any

import requests

from fixtures.platform import RunningPlatform
from kit import ids


class Customer:
    """Somebody signed in, with a billing profile, and a plan that lets them ask often."""

    def __init__(self, platform: RunningPlatform) -> None:
        self.base = f"{platform.api}/api/v1"
        made = requests.post(f"{platform.controls}/demo-user", json={"plan": "enterprise"}, timeout=30).json()
        login = {"email": made["email"], "password": made["password"]}
        token = requests.post(f"{self.base}/auth/login", json=login, timeout=30).json()["access_token"]
        self.signed = {"Authorization": f"Bearer {token}"}
        profile = {"email": made["email"], "name": "Asha Rao", "state": "KA"}
        assert self.send("PUT", "/billing/profile", profile).status_code == 200

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.request(
            method, self.base + path, json=body, headers=self.signed | headers, timeout=30
        )

    def read(self, path: str) -> Any:
        return self.send("GET", path).json()

    def shows(self, path: str, name: str, value: object) -> bool:
        return bool(self.read(path)[name] == value)

    def owns(self, sku: str) -> bool:
        return sku in self.read("/entitlements/me")["items"]

    def open(self, body: Any) -> Any:
        opened = self.send("POST", "/checkouts", body, **{"Idempotency-Key": ids.uuid7()})
        assert opened.status_code == 201, opened.text
        return opened.json()
