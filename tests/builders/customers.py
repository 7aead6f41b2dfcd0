"""People who buy on the running platform, and who ask again under the same key when nothing was heard."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from fixtures.platform import RunningPlatform
from kit.stores.redis import Redis

_PATIENCE_S = 120.0
_PAUSE_S = 0.3
_AWAY = range(500, 600)
_AGAIN = {"IDEMPOTENCY_IN_PROGRESS", "REFUND_NOT_POSSIBLE"}
"""Refusals that pass: a twin is at work, or the capture is not recorded yet."""


@dataclass
class Customer:
    """Somebody with a sign-in; ``lift`` takes the hourly limit of transactions off, which others prove."""

    base: str
    email: str
    password: str
    id: str
    lift: Callable[[str], None]
    heard: list[int] = field(default_factory=list)
    _signed: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response | None:
        """Return the answer of one try; None when nothing was heard: then the outcome is unknown."""
        try:
            if not self._signed:
                self._sign_in()
            address, sent = f"{self.base}{path}", self._signed | headers
            answer = requests.request(method, address, json=body, headers=sent, timeout=30)
        except requests.RequestException:
            self.heard.append(0)
            return None
        self.heard.append(answer.status_code)
        if answer.status_code == requests.codes.unauthorized:
            self._signed = {}
        return answer

    def insist(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Ask until there is an answer that decides, always under the same key; return it."""
        deadline, answer = time.monotonic() + _PATIENCE_S, None
        while time.monotonic() < deadline:
            answer = self.ask(method, path, body, **headers)
            if answer is not None and not self._passes(answer):
                return answer
            time.sleep(_PAUSE_S)
        told = "silence" if answer is None else answer.text
        raise AssertionError(f"{method} {path} was never decided: {told}")

    def read(self, path: str) -> Any:
        """Return the JSON at ``path``."""
        return self.insist("GET", path).json()

    def _passes(self, answer: requests.Response) -> bool:
        if answer.status_code == requests.codes.too_many_requests:
            self.lift(self.id)
            return True
        if answer.status_code in _AWAY or answer.status_code == requests.codes.unauthorized:
            return True
        return answer.status_code == requests.codes.conflict and answer.json().get("code") in _AGAIN

    def _sign_in(self) -> None:
        login = {"email": self.email, "password": self.password}
        answer = requests.post(f"{self.base}/auth/login", json=login, timeout=30)
        if answer.status_code == requests.codes.too_many_requests:
            self.lift(self.id)
        if answer.status_code == requests.codes.ok:
            self._signed = {"Authorization": f"Bearer {answer.json()['access_token']}"}


def lifting(platform: RunningPlatform) -> Callable[[str], None]:
    """Return what takes a person's limits of transactions and refunds off, and those of this address."""

    def lift(person: str) -> None:
        redis = Redis(platform.stores["redis"], timeout_s=5.0)
        addresses = redis.call("KEYS", "limit:*:ip:*")  # all sign up and in from one address
        redis.call("DEL", f"limit:transactions:{person}", f"limit:refunds:{person}", *addresses)

    return lift


def sign_up(platform: RunningPlatform) -> Customer:
    """Return somebody new, with a billing profile in Karnataka."""
    base, lift = f"{platform.api}/api/v1", lifting(platform)
    made = _made(platform, lift)
    one = Customer(base, made["email"], made["password"], made["id"], lift)
    profile = {"email": made["email"], "name": "Asha Rao", "state": "KA"}
    assert one.insist("PUT", "/billing/profile", profile).status_code == requests.codes.ok
    return one


def _made(platform: RunningPlatform, lift: Callable[[str], None]) -> dict[str, str]:
    """Let the platform make somebody; what is broken at the moment fails the making, not the test."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        answer = requests.post(f"{platform.controls}/demo-user", json={"plan": "enterprise"}, timeout=90)
        if answer.ok:
            found: dict[str, str] = answer.json()
            return found
        assert time.monotonic() < deadline, answer.text
        lift("nobody")
        time.sleep(_PAUSE_S)


def administrator(platform: RunningPlatform) -> Customer:
    """Return the first administrator, who approves refunds and reads the books."""
    found = requests.get(f"{platform.controls}/admin", timeout=30).json()
    return Customer(f"{platform.api}/api/v1", found["email"], found["password"], "admin", lifting(platform))
