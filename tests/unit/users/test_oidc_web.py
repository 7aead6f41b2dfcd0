"""What is asked of a provider: its own origin only, no redirect followed, no long answer read."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from builders import tokens as signed
from builders.identity_provider import token
from kit.errors import Retryable
from users.adapters.oidc.provider import Client, OidcProvider
from users.adapters.oidc.web import LARGEST, Web


class Server:
    """A provider of documents that a test changes; ``asked`` are the paths it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, headers, body = outer.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.httpd.server_port}/"

    def discovers(self, **other: str) -> None:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}authorize",
            "token_endpoint": f"{self.issuer}oauth/token",
            "jwks_uri": f"{self.issuer}keys",
            **other,
        }
        self.answers["/.well-known/openid-configuration"] = (200, {}, json.dumps(document).encode())


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    numbers = signed.OURS.public_key().public_numbers()
    key = {"kty": "RSA", "kid": "tenant-1", "n": signed.b64(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
    made.answers["/keys"] = (200, {}, json.dumps({"keys": [key]}).encode())
    made.discovers()
    yield made
    made.httpd.shutdown()
    thread.join(5)
    made.httpd.server_close()


def provider(server: Server) -> OidcProvider:
    return OidcProvider(server.issuer, Client("us", lambda: "secret", "https://treum.example/"))


def test_keys_are_found_where_the_discovery_document_says(server: Server) -> None:
    assert provider(server).read(token()).subject == "auth0|asha"
    assert server.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize("where", ["jwks_uri", "token_endpoint", "authorization_endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/keys",
        "https://127.0.0.1/keys",
        "http://127.0.0.1:1/keys",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "{issuer}keys\r\nX-Evil: 1",
        "{issuer}keys x",
        "",
    ],
)
def test_an_address_of_another_origin_is_not_believed(server: Server, where: str, url: str) -> None:
    server.discovers(**{where: url.format(issuer=server.issuer)})
    with pytest.raises(Retryable):
        provider(server).read(token())
    assert server.asked == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_a_redirect_is_no_answer(server: Server, path: str) -> None:
    moved = server.answers[path]
    server.answers["/moved"] = moved
    server.answers[path] = (302, {"Location": f"{server.issuer}moved"}, b"")
    with pytest.raises(Retryable):
        provider(server).read(token())
    assert "/moved" not in server.asked


@pytest.mark.parametrize(
    "answer",
    [(200, {}, b" " * (LARGEST + 1)), (500, {}, b"{}"), (200, {}, b"<html>"), (200, {}, b"\xff")],
    ids=["long", "broken", "page", "bytes"],
)
def test_what_is_no_document_is_no_answer(server: Server, answer: Any) -> None:
    server.answers["/keys"] = answer
    with pytest.raises(Retryable):
        provider(server).read(token())


def test_long_is_what_is_longer_than_64_kib(server: Server) -> None:
    server.answers["/full"] = (200, {}, b" " * LARGEST)
    assert len(Web(server.issuer).get(f"{server.issuer}full")) == LARGEST
