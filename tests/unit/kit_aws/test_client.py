"""The wire and the client against a real HTTP server on loopback: keep-alive, deadlines, errors."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from kit.aws import credentials, wire
from kit.aws.client import AwsClient, endpoint, reason
from kit.aws.errors import AwsError
from kit.errors import Retryable


@dataclass
class Answering:
    """A loopback server that answers from a list and remembers what it was asked and on which connection."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    peers: list[Any] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    stall: bool = False


@pytest.fixture
def server() -> Iterator[Answering]:
    state = Answering()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            state.asked.append((self.command, self.path, dict(self.headers), body))
            state.peers.append(self.client_address)
            if state.stall:
                state.hold.wait(5)
            status, headers, content = state.answers.pop(0) if state.answers else (200, {}, b"{}")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in headers and "X-Endless" not in headers:
                self.send_header("Content-Length", str(len(content)))
            if "X-Endless" in headers:
                self.close_connection = True
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_HEAD = _answer  # noqa: N815 - the names http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_port}"
    yield state
    state.hold.set()
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    credentials.forget()
    yield
    credentials.forget()


def test_two_requests_share_one_connection_and_are_signed(server: Answering) -> None:
    client = AwsClient("s3", at=wire.parse(server.url))
    client.request("PUT", "/bucket/a%20b", query=(("versionId", "1 2"),), body=b"x")
    client.request("GET", "/bucket/key")
    assert server.peers[0] == server.peers[1]
    method, path, headers, body = server.asked[0]
    assert (method, path, body) == ("PUT", "/bucket/a%20b?versionId=1%202", b"x")
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert headers["X-Amz-Content-SHA256"]


def test_a_connection_found_closed_is_opened_again_before_sending(server: Answering) -> None:
    server.answers = [(200, {"X-Endless": "1"}, b"first"), (200, {}, b"second")]
    client = AwsClient("s3", at=wire.parse(server.url))
    assert client.request("GET", "/").body == b"first"
    assert client.request("GET", "/").body == b"second"
    assert len(set(server.peers)) == 2


def test_a_chunked_answer_is_joined(server: Answering) -> None:
    chunks = b"4\r\nWiki\r\n5;ext=1\r\npedia\r\n0\r\nTrailer: x\r\n\r\n"
    server.answers = [(200, {"Transfer-Encoding": "chunked"}, chunks), (200, {}, b"next")]
    client = AwsClient("s3", at=wire.parse(server.url))
    assert client.request("GET", "/").body == b"Wikipedia"
    assert client.request("GET", "/").body == b"next"


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, b"x" * 1001),
        ({"Transfer-Encoding": "chunked"}, b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\nx\r\n0\r\n\r\n"),
        ({"X-Endless": "1"}, b"x" * 2000),
    ],
    ids=["told", "chunked", "endless"],
)
def test_an_answer_that_is_longer_than_is_taken_is_none(
    server: Answering, headers: dict[str, str], content: bytes
) -> None:
    server.answers = [(200, headers, content), (200, {}, b"x" * 1000)]
    connection = wire.Connection(wire.parse(server.url), 1000)
    raw = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with pytest.raises(Retryable, match="too long"):
        connection.exchange("GET", raw, 5)
    assert len(connection.exchange("GET", raw, 5).body) == 1000


def test_a_server_that_does_not_answer_ends_in_retryable_at_the_deadline(server: Answering) -> None:
    server.stall = True
    client = AwsClient("s3", at=wire.parse(server.url), timeout_s=0.2)
    with pytest.raises(Retryable, match="no answer"):
        client.request("GET", "/")


def test_nobody_listening_is_retryable() -> None:
    with pytest.raises(Retryable):
        AwsClient("s3", at=wire.Endpoint("127.0.0.1", 1, tls=False), timeout_s=0.5).request("GET", "/")


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, b""), (429, b"{}"), (400, b'{"__type":"com.amazonaws#ThrottlingException"}')],
)
def test_busy_answers_are_retryable(server: Answering, status: int, body: bytes) -> None:
    server.answers = [(status, {}, body)]
    with pytest.raises(Retryable):
        AwsClient("lambda", at=wire.parse(server.url)).request("GET", "/")


def test_a_refusal_names_the_service_and_its_own_error(server: Answering) -> None:
    refusal = b'{"__type":"AccessDeniedException","message":"not yours"}'
    server.answers = [(400, {}, refusal)]
    with pytest.raises(AwsError, match="lambda answered 400 AccessDeniedException: not yours") as caught:
        AwsClient("lambda", at=wire.parse(server.url)).request("GET", "/")
    assert caught.value.aws_code == "AccessDeniedException"


def test_an_xml_refusal_is_read_too() -> None:
    xml = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
    assert reason(wire.Response(404, {}, xml)) == ("NoSuchKey", "gone")


def test_a_line_break_cannot_smuggle_a_header(server: Answering) -> None:
    with pytest.raises(ValueError, match="line break"):
        AwsClient("s3", at=wire.parse(server.url)).request("GET", "/", headers=(("X-A", "b\r\nX-Evil: 1"),))
    assert server.asked == []


def test_the_endpoint_of_a_service_wins_over_the_common_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1/base/")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:2")
    assert endpoint("stepfunctions") == wire.Endpoint("127.0.0.1", 2, tls=False)
    assert endpoint("s3") == wire.Endpoint("127.0.0.1", 1, tls=False, base="/base")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    assert endpoint("s3") == wire.Endpoint("s3.ap-south-1.amazonaws.com", 443, tls=True)


@pytest.mark.parametrize("url", ["ftp://x", "x", "http://", "http:///path"])
def test_what_is_not_an_http_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        wire.parse(url)


def test_container_credentials_are_fetched_and_refreshed_before_they_expire(
    server: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/creds")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token-1")

    def pair(name: str, expires: str) -> tuple[int, dict[str, str], bytes]:
        found = {"AccessKeyId": name, "SecretAccessKey": "s", "Token": "t", "Expiration": expires}
        return 200, {}, json.dumps(found).encode()

    server.answers = [pair("A1", "2001-01-01T00:00:00Z"), pair("A2", "2999-01-01T00:00:00Z")]
    assert credentials.current().access_key == "A1"
    assert credentials.current().access_key == "A2"
    assert credentials.current().access_key == "A2"
    assert [asked[1] for asked in server.asked] == ["/creds", "/creds"]
    assert server.asked[0][2]["Authorization"] == "token-1"


def test_credentials_are_not_fetched_over_plain_http_from_anywhere() -> None:
    with pytest.raises(Retryable, match="plain http"):
        credentials.fetch("http://credentials.example/creds")


def test_without_any_credentials_the_error_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", raising=False)
    with pytest.raises(Retryable, match="AWS_ACCESS_KEY_ID"):
        credentials.current()
