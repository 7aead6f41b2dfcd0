"""Demo users are made in one session of the administrator, and in another once that is over."""

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import pytest

from local.aws.endpoint import AwsEndpoint
from local.controls.people import People
from local.model import LocalError


class Platform(ThreadingHTTPServer):
    """As much of the API as demo users need; ``good`` is the token that is good now."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Api)
        self.sign_ins = 0
        self.broken = False
        self.granted: list[Any] = []

    @property
    def good(self) -> str:
        return f"token-{self.sign_ins}"


class Api(BaseHTTPRequestHandler):
    """Answers for it."""

    def do_POST(self) -> None:
        """Answer, whatever the method."""
        platform = cast("Platform", self.server)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        path, token = self.path.removeprefix("/api/v1"), self.headers.get("Authorization", "")
        if path == "/auth/login":
            platform.sign_ins += 1
            return self._send(200, {"access_token": platform.good})
        if path.startswith("/auth/"):
            return self._send(200, {"verification_id": "v"})
        if token != f"Bearer {platform.good}":
            return self._send(401, {})
        if platform.broken:
            return self._send(500, {})
        if path.startswith("/users?"):
            return self._send(200, {"items": [{"id": "somebody"}]})
        platform.granted.append(body)
        return self._send(200, {})

    def do_GET(self) -> None:
        self.do_POST()

    def do_PUT(self) -> None:
        self.do_POST()

    def _send(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Endpoint:
    """A secret and a mailbox."""

    def __init__(self) -> None:
        self.internal = self.mailbox = self

    async def json(self, *_: object) -> dict[str, str]:
        return {"SecretString": json.dumps({"email": "admin@example.com", "password": "p"})}

    def messages(self, _: str) -> list[dict[str, str]]:
        return [{"text": "Your TREUM code is 123456."}]


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def make(people: People) -> dict[str, str]:
    return asyncio.run(people.demo_user("", {}, {"plan": "premium", "roles": ["analyst"]}))


def people_of(platform: Platform) -> People:
    base = f"http://127.0.0.1:{platform.server_port}"
    return People(lambda: base, lambda: cast("AwsEndpoint", Endpoint()))


def test_one_session_of_the_administrator_serves_all(platform: Platform) -> None:
    people = people_of(platform)
    assert [make(people)["id"] for _ in range(3)] == ["somebody"] * 3
    assert platform.sign_ins == 1
    assert platform.granted == [{"plan": "premium"}, {"roles": ["analyst"]}] * 3


def test_another_begins_once_it_is_over_and_not_when_something_else_is_wrong(platform: Platform) -> None:
    people = people_of(platform)
    make(people)
    platform.sign_ins += 1  # the token before is refused from now on
    make(people)
    assert platform.sign_ins == 3
    platform.broken = True
    with pytest.raises(LocalError, match="answered 500"):
        make(people)
    assert platform.sign_ins == 3
