"""Bad input of every kind, to every operation: never a 5xx, and every refusal is a problem document."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import requests
import schemathesis
from requests.adapters import HTTPAdapter
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"
_SECONDS = float(os.environ.get("BAD_INPUT_SECONDS", "10"))
_LEAST = 2
_NEEDED = {"type", "title", "status", "detail", "code", "request_id"}
_SENDS_NOTHING = {"/api/v1/auth/logout", "/api/v1/auth/logout-all"}  # they would end the tests' own session
_MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


class _EnoughError(Exception):
    """The operation's share of the time is used up."""


class _From(HTTPAdapter):
    """Sends from one loopback address: the limits of public routes are counted by address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **more)


@dataclass
class Attacker:
    """Sends generated cases as an administrator or as nobody, and judges what comes back."""

    base: str
    tokens: tuple[str, ...]
    sent: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _addresses: Iterator[int] = field(default_factory=count)

    def send(self, case: Case[Any]) -> None:
        number = next(self._addresses)
        token = self.tokens[number % len(self.tokens)]
        with requests.Session() as session:
            session.mount("http://", _From(f"127.1.{number // 250 % 250}.{number % 250 + 1}"))
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            try:
                answer = case.call(base_url=self.base, session=session, headers=headers, timeout=30)
            except (UnicodeError, requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
                return  # no HTTP client can put this on the wire
        self._judge(case, answer.status_code, answer.headers, answer.content or b"")

    def _judge(self, case: Case[Any], status: int, headers: Any, body: bytes) -> None:
        self.sent += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        kind = str(headers.get("content-type", ""))
        if status >= 500 or (status >= 400 and not _is_problem(kind, status, body)):
            self.wrong.append(f"{status} {kind} {body[:300]!r}: {case.as_curl_command()[:600]}")


def _is_problem(kind: str, status: int, body: bytes) -> bool:
    if "application/problem+json" not in kind:
        return False
    found = json.loads(body)
    return bool(found.keys() >= _NEEDED and found["status"] == status)


def _post(url: str, body: Any) -> Any:
    answer = requests.post(url, json=body, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def _token(platform: RunningPlatform, user: Any) -> str:
    login = {"email": user["email"], "password": user["password"]}
    return str(_post(f"{platform.api}/api/v1/auth/login", login)["access_token"])


@pytest.fixture
def attacker(platform: RunningPlatform) -> Attacker:
    """Return an attacker with an administrator's token, an enterprise user's, and none."""
    admin = requests.get(f"{platform.controls}/admin", timeout=30).json()
    user = _post(f"{platform.controls}/demo-user", {"plan": "enterprise"})
    return Attacker(platform.api, (_token(platform, admin), _token(platform, user), ""))


def _attack(attacker: Attacker, operation: Any, mode: GenerationMode, until: float) -> None:
    """Send cases of one operation until ``until`` (monotonic seconds), or until nothing new is generated.

    A busy machine takes longer, and sends as many as are wanted all the same.
    """
    wanted = attacker.sent + _LEAST

    @hypothesis.settings(
        max_examples=max(400, int(_SECONDS * 4)),
        database=None,
        report_multiple_bugs=False,
        derandomize="BAD_INPUT_RANDOM" not in os.environ,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        if time.monotonic() > until and attacker.sent >= wanted:
            raise _EnoughError
        attacker.send(case)

    with suppress(_EnoughError, hypothesis.errors.Unsatisfiable):  # the latter: nothing of this kind exists
        send()


def test_no_input_breaks_any_operation(attacker: Attacker) -> None:
    """Generated values that fit the document and values that do not, to every operation in turn."""
    document = json.loads(_DOCUMENT.read_text())
    for path in _SENDS_NOTHING:
        del document["paths"][path]
    found = schemathesis.openapi.from_dict(document).get_all_operations()
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == sum(len(methods) for methods in document["paths"].values())
    share = _SECONDS / (len(operations) * len(_MODES))
    for operation in operations:
        for mode in _MODES:
            _attack(attacker, operation, mode, time.monotonic() + share)
    print(f"{attacker.sent} requests: {dict(sorted(attacker.statuses.items()))}")  # noqa: T201 - its product
    assert not attacker.wrong, "\n".join(attacker.wrong[:10])
    assert attacker.sent > len(operations) * _LEAST


RAW = {
    "half a request": b"GET /api/v1/signals HTTP/1.1\r\n",
    "NUL in the path": b"GET /api/v1/signals/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "no UTF-8 in the path": b"GET /api/v1/signals/%ff HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "a way out": b"GET /api/v1/../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "no UTF-8 in the body": (
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 4\r\nConnection: close\r\n\r\n\xff\xfe\x00\x01"
    ),
}


@pytest.mark.parametrize("sent", RAW.values(), ids=RAW.keys())
def test_what_no_client_would_send_is_refused_as_well(platform: RunningPlatform, sent: bytes) -> None:
    """Raw bytes on a socket: answered with a 4xx, or the connection is closed."""
    where = urlsplit(platform.api)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=10) as wire:
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_WR)
        answer = wire.recv(4096)
    assert not answer or answer.startswith(b"HTTP/1.1 4")
