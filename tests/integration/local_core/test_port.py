"""The port answers only who may ask, and garbage never ends it."""

import asyncio
import re
import socket
from contextlib import closing
from pathlib import Path

import pytest

from integration.local_core.conftest import FIXTURE, Running
from local.gateway.messages import HttpRequest, HttpResponse
from local.gateway.server import bind
from local.model import LocalError
from local.platform import Options, Platform
from local.stores import ports


def head(running: Running, *lines: str, host: str | None = None) -> bytes:
    name = host if host is not None else f"127.0.0.1:{running.platform.gateway.port}"
    return "\r\n".join([lines[0], f"Host: {name}", *lines[1:], "", ""]).encode("latin-1")


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def test_a_host_of_another_name_is_refused(running: Running) -> None:
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80"):
        assert statuses(running.raw(head(running, "GET /api/v1/echo HTTP/1.1", host=host))) == [421]
    port = running.platform.gateway.port
    assert statuses(running.raw(head(running, "GET /api/v1/echo HTTP/1.1", host=f"localhost:{port}"))) == [
        200
    ]


def test_a_request_without_host_or_with_two_is_refused(running: Running) -> None:
    assert statuses(running.raw(b"GET /api/v1/echo HTTP/1.1\r\n\r\n")) == [400]
    twice = head(running, "GET /api/v1/echo HTTP/1.1", f"Host: 127.0.0.1:{running.platform.gateway.port}")
    assert statuses(running.raw(twice)) == [400]


def test_it_listens_on_loopback_only(running: Running) -> None:
    listening = Path("/proc/net/tcp").read_text()
    port = f":{running.platform.gateway.port:04X}"
    addresses = {
        line.split()[1].partition(":")[0]
        for line in listening.splitlines()
        if f"{port} " in line and " 0A " in line
    }
    assert addresses == {"0100007F"}


GARBAGE = {
    "no http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "bad method": b"GE T / HTTP/1.1\r\n\r\n",
    "bad version": b"GET / HTTP/9.9\r\n\r\n",
    "bad header": b"GET / HTTP/1.1\r\nNo colon here\r\n\r\n",
    "bad length": b"POST / HTTP/1.1\r\nContent-Length: lots\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "only zeros": b"\0" * 5000,
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_answered_400_and_the_next_client_is_served(running: Running, data: bytes) -> None:
    assert statuses(running.raw(data)) == [400]
    assert running.http("GET", "/api/v1/echo").status == 200


def test_a_head_that_is_too_large_is_a_431_finished_or_not(running: Running) -> None:
    big = "X-Big: " + "x" * 20_000
    assert statuses(running.raw(head(running, "GET /api/v1/echo HTTP/1.1", big))) == [431]
    assert statuses(running.raw(b"GET / HTTP/1.1\r\nX-Big: " + b"x" * 70_000)) == [431]


def test_requests_sent_at_once_are_answered_in_order(running: Running) -> None:
    one = head(running, "GET /api/v1/echo?do=cookies HTTP/1.1")
    two = head(running, "GET /api/v1/nothing HTTP/1.1")
    last = head(running, "GET /api/v1/echo HTTP/1.1", "Connection: close")
    assert statuses(running.raw(one + two + one + last)) == [201, 404, 201, 200]


def test_a_chunked_body_arrives_whole(running: Running) -> None:
    request = head(running, "POST /api/v1/echo HTTP/1.1", "Transfer-Encoding: chunked", "Connection: close")
    answer = running.raw(request + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    assert b'"body": "hello world"' in answer


def test_a_client_that_asks_first_is_told_to_continue(running: Running) -> None:
    lines = ("POST /api/v1/echo HTTP/1.1", "Expect: 100-continue", "Content-Length: 2", "Connection: close")
    answer = running.raw(head(running, *lines) + b"ok")
    assert statuses(answer) == [100, 200]


def test_a_head_request_gets_no_body(running: Running) -> None:
    answer = running.raw(head(running, "HEAD /api/v1/echo HTTP/1.1", "Connection: close"))
    assert answer.endswith(b"\r\n\r\n")
    assert statuses(answer) == [200]


def test_another_upgrade_than_websocket_is_served_as_it_is(running: Running) -> None:
    lines = ("GET /api/v1/echo HTTP/1.1", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
    assert statuses(running.raw(head(running, *lines)))[0] == 200


def test_controls_refuse_pages_of_other_sites(running: Running) -> None:
    hooks = running.platform.hooks

    async def control(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], request.path.encode())

    hooks.control = control
    try:
        assert running.http("POST", "/_local/clock").body == b"/_local/clock"
        own = {"Origin": running.platform.url}
        assert running.http("POST", "/_local/clock", headers=own).status == 200
        foreign = {"Origin": "https://evil.example"}
        assert running.http("POST", "/_local/clock", headers=foreign).status == 403
        assert running.http("GET", "/_local/clock", headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    finally:
        hooks.control = None
    assert running.http("POST", "/_local/clock").status == 404


def test_a_control_that_fails_is_a_500_and_a_line_of_the_status(running: Running) -> None:
    async def control(_request: HttpRequest) -> HttpResponse:
        raise ValueError("a broken control")

    running.platform.hooks.control = control
    try:
        assert running.http("GET", "/_local/x").status == 500
    finally:
        running.platform.hooks.control = None
    assert any("a broken control" in line for line in running.platform.events)


def test_documentation_and_console_are_served_from_their_folders_only(running: Running) -> None:
    console = running.folder / "infra" / "console"
    console.mkdir(parents=True)
    (console / "index.html").write_text("<h1>console</h1>")
    (console / "docs.html").write_text("swagger-ui")
    (running.folder / "docs").mkdir()
    (running.folder / "docs" / "openapi.json").write_text("{}")
    assert b"swagger-ui" in running.http("GET", "/docs").body
    assert running.http("GET", "/docs/swagger-ui-bundle.js").status == 200
    assert running.http("GET", "/docs/openapi.json").body == b"{}"
    page = running.http("GET", "/")
    assert page.body == b"<h1>console</h1>"
    policy = page.headers["content-security-policy"]
    assert all(one in policy for one in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"))
    for path in (
        "/../template.yaml",
        "/%2e%2e/api.yaml",
        "/clients/../template.yaml",
        "/docs/..%2fapi.yaml",
        "/%00",
    ):
        assert running.http("GET", path).status == 404


def test_a_port_that_is_bound_is_chosen_by_nobody_else() -> None:
    with closing(bind(port := ports.free())):
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        platform = Platform(Options(FIXTURE, tmp_path, FIXTURE / "template.yaml", port=port))
        with pytest.raises(LocalError, match=f"port {port} is in use"):
            asyncio.run(platform.start())
