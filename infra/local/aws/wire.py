"""A small HTTP/1.1 server on asyncio: whole requests in, whole responses out, keep-alive, bounded bodies.

One write per answer: headers and body in two packets would cost tens of milliseconds on loopback.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import httptools

_log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024 * 1024
_MAX_HEADERS = 64 * 1024
_ONE_AT_A_TIME = 64  # pipelined requests kept waiting before the connection is refused


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. ``target`` is path and query as sent; header names are lower case, in order."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str, default: str = "") -> str:
        """Return the first header called ``name`` (lower case)."""
        return next((value for key, value in self.headers if key == name), default)

    @property
    def path(self) -> str:
        """The path as sent, without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query as sent, without the question mark."""
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer; ``content-length`` is added when the headers lack it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str, default: str = "") -> str:
        """Return the first header called ``name``, any case."""
        return next((value for key, value in self.headers if key.lower() == name), default)


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


def render(response: HttpResponse, *, keep_alive: bool, head: bool = False) -> bytes:
    """Return the bytes of ``response``; ``head`` leaves the body out but keeps its declared length."""
    lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
    lines += [f"{name}: {value}" for name, value in response.headers if _may_pass(name)]
    if not (head and response.header("content-length")):
        lines.append(f"content-length: {len(response.body)}")
    else:
        lines.append(f"content-length: {response.header('content-length')}")
    lines.append(f"connection: {'keep-alive' if keep_alive else 'close'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (b"" if head else response.body)


def _may_pass(name: str) -> bool:
    return name.lower() not in {"content-length", "connection", "transfer-encoding", "keep-alive"}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class _Connection(asyncio.Protocol):
    """One client connection: parses, queues, answers in order."""

    def __init__(self, handler: Handler, open_connections: "set[_Connection]") -> None:
        self._handler = handler
        self._open = open_connections
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._queue: deque[tuple[HttpRequest, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._reset()

    def _reset(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a TCP server gives a Transport
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        # What was asked for goes on: in AWS too, a client that leaves does not undo its request.
        if self._task is None or self._task.done():
            self._open.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(501)
        except httptools.HttpParserError:
            self._refuse(400)

    def on_url(self, url: bytes) -> None:
        self._target += url
        self._grow(len(url), _MAX_HEADERS)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        self._grow(len(name) + len(value), _MAX_HEADERS)

    def on_headers_complete(self) -> None:
        self._size = 0
        waits = any(name == "expect" and value.lower() == "100-continue" for name, value in self._headers)
        if waits and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)
        self._grow(len(body), MAX_BODY)

    def on_message_complete(self) -> None:
        request = HttpRequest(
            method=self._parser.get_method().decode(),
            target=self._target.decode("latin-1"),
            headers=tuple(self._headers),
            body=b"".join(self._body),
        )
        self._reset()
        self._queue.append((request, self._parser.should_keep_alive()))
        if len(self._queue) > _ONE_AT_A_TIME:
            self._refuse(503)
        elif self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._answer())

    async def _answer(self) -> None:
        while self._queue and self._transport is not None:
            request, keep_alive = self._queue.popleft()
            response = await self._handled(request)
            if self._transport.is_closing():
                break
            self._transport.write(render(response, keep_alive=keep_alive, head=request.method == "HEAD"))
            if not keep_alive:
                self._transport.close()
        if self._transport is not None and self._transport.is_closing():
            self._open.discard(self)

    async def _handled(self, request: HttpRequest) -> HttpResponse:
        try:
            return await self._handler(request)
        except Exception:  # noqa: BLE001 - an edge: one bad request must not end the connection
            _log.exception("%s %s", request.method, request.path)
            return HttpResponse(500)

    def _grow(self, by: int, limit: int) -> None:
        self._size += by
        if self._size > limit:
            self._refuse(413)

    def _refuse(self, status: int) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(render(HttpResponse(status), keep_alive=False))
            self._transport.close()

    def close(self) -> None:
        """Drop the client and what it asked for."""
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.close()


class Listening(Protocol):
    """What :func:`serve` returns."""

    port: int

    async def close(self) -> None:
        """Stop listening and drop every client."""


class _Server:
    def __init__(self, server: asyncio.Server, connections: Iterable[_Connection]) -> None:
        self._server = server
        self._connections = connections
        self.port: int = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.close()
        await asyncio.sleep(0)


async def serve(handler: Handler, port: int = 0) -> Listening:
    """Listen on loopback at ``port`` (0: any free one) and answer with ``handler``."""
    connections: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(handler, connections), "127.0.0.1", port)
    return _Server(server, connections)
