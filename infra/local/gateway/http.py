"""HTTP/1.1 on one connection: parsing by httptools, keep-alive, pipelining, limits, and the way to upgrade.

Requests of one connection are answered in order. Garbage closes the connection with a 4xx, never more.
"""

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Protocol

import httptools

from local.gateway.messages import HttpRequest, HttpResponse, Problem

MAX_BODY = 10 * 1024 * 1024
MAX_HEAD = 10_240
_PIPELINE = 32
_LINGER_S = 0.5
_HOP_BY_HOP = {"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade"}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Application(Protocol):
    """What a connection serves."""

    connections: set["HttpConnection"]

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; never raises."""

    def wants_upgrade(self, request: HttpRequest) -> bool:
        """Whether ``request`` opens a WebSocket that this application serves."""

    async def upgrade(self, request: HttpRequest, connection: "HttpConnection", early: bytes) -> None:
        """Take the connection over, or answer the refusal by :meth:`HttpConnection.answer`."""


class HttpConnection(asyncio.Protocol):
    """The server's side of one TCP connection until it ends or becomes a WebSocket."""

    def __init__(self, application: Application) -> None:
        self.transport: asyncio.Transport = None  # type: ignore[assignment]  # set before any other call
        self.peer = "127.0.0.1"
        self.busy_since: float | None = None
        self.last_used = 0.0
        self._app = application
        self._loop = asyncio.get_running_loop()
        self._refused = self._ended = False
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[tuple[HttpRequest, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._in_head, self._head_unread = True, 0
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._head_parsed = 0
        self._body_size = 0

    # ---- asyncio.Protocol ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport and the peer's address."""
        self.transport = transport  # type: ignore[assignment]  # a stream transport by construction
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if peer else "127.0.0.1"
        self.last_used = self._loop.time()
        self._app.connections.add(self)

    def eof_received(self) -> bool:
        """The client sends no more: keep the way back open while an answer is due."""
        self._ended = True
        return self._refused or self._task is not None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop working for a client that has gone."""
        del exc
        self._app.connections.discard(self)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse what it cannot read."""
        self.last_used = self._loop.time()
        if self._refused:
            return
        if self._in_head:
            self._head_unread += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            self._refuse(cause.problem if isinstance(cause, _RefusedError) else Problem(400, "Bad request"))
        except (httptools.HttpParserError, UnicodeDecodeError):
            self._refuse(Problem(400, "This is not HTTP/1.1 that can be read"))
        else:
            if self._in_head and self._head_unread > MAX_HEAD:
                self._refuse(Problem(431, f"The request's head is larger than {MAX_HEAD} bytes"))

    # ---- httptools callbacks ----

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begin()

    def on_url(self, url: bytes) -> None:
        """Collect the request target."""
        self._target += url
        self._bound_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header, or a trailer, as latin-1."""
        self._bound_head(len(name) + len(value) + 4)
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Check what the head announces before the body is read."""
        self._in_head = False
        for name, value in self._headers:
            lowered = name.lower()
            if lowered == "content-length" and value.isdigit() and int(value) > MAX_BODY:
                raise _RefusedError(Problem(413, f"A request's body may have {MAX_BODY} bytes", "TOO_LARGE"))
            if lowered == "expect" and value.lower() == "100-continue":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Collect the body."""
        self._body_size += len(body)
        if self._body_size > MAX_BODY:
            raise _RefusedError(Problem(413, f"A request's body may have {MAX_BODY} bytes", "TOO_LARGE"))
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Queue the request for its turn."""
        self._in_head, self._head_unread = True, 0
        request = HttpRequest(
            method=self._parser.get_method().decode("latin-1"),
            target=self._target.decode("latin-1"),
            headers=self._headers,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            source_ip=self.peer,
        )
        self._queue.append((request, self._parser.should_keep_alive()))
        if len(self._queue) > _PIPELINE:
            self.transport.pause_reading()
        if not self._parser.should_upgrade():
            self._work()

    def _bound_head(self, size: int) -> None:
        self._head_parsed += size
        if self._head_parsed > MAX_HEAD:
            raise _RefusedError(Problem(431, f"The request's head is larger than {MAX_HEAD} bytes"))

    # ---- answering ----

    def _work(self) -> None:
        if self._task is None:
            self._task = self._loop.create_task(self._serve())

    async def _serve(self) -> None:
        try:
            while self._queue:
                request, keep_alive = self._queue.popleft()
                self.busy_since = self._loop.time()
                response = await self._app.handle(request)
                self.answer(response, head_only=request.method == "HEAD", keep_alive=keep_alive)
                if not keep_alive:
                    return
                if len(self._queue) <= _PIPELINE // 2:
                    self.transport.resume_reading()
        finally:
            self._task = None
            self.busy_since = None
            self.last_used = self._loop.time()
            if self._ended:
                self.transport.close()

    def answer(
        self,
        response: HttpResponse,
        *,
        head_only: bool = False,
        keep_alive: bool = True,
        linger_s: float = 0.0,
    ) -> None:
        """Write ``response`` whole, in one write; close ``linger_s`` after it unless ``keep_alive``."""
        if self.transport.is_closing():
            return
        parts = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, 'Unknown')}\r\n"]
        parts += [
            f"{name}: {value}\r\n" for name, value in response.headers if name.lower() not in _HOP_BY_HOP
        ]
        bodyless = response.status in {204, 304}
        if not bodyless:
            parts.append(f"Content-Length: {len(response.body)}\r\n")
        parts.append("\r\n" if keep_alive else "Connection: close\r\n\r\n")
        head = "".join(parts).encode("latin-1", "replace")
        self.transport.write(head if head_only or bodyless else head + response.body)
        if not keep_alive and linger_s:
            self._loop.call_later(linger_s, self.transport.close)
        elif not keep_alive:
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Answer and hang up, after a moment in which the client can read the answer while it still sends."""
        self._refused = True
        self.answer(problem.response(), linger_s=_LINGER_S, keep_alive=False)

    # ---- upgrade ----

    def _upgrade(self, early: bytes) -> None:
        """Hand a WebSocket over; any other upgrade offered is served as a plain request."""
        request, _ = self._queue[-1]
        if self._task is None and len(self._queue) == 1 and self._app.wants_upgrade(request):
            self._queue.clear()
            self.transport.pause_reading()
            self._task = self._loop.create_task(self._app.upgrade(request, self, early))
            return
        self._parser = httptools.HttpRequestParser(self)
        self._work()
        if early:
            self.data_received(early)

    def released(self) -> None:
        """Forget the connection: another protocol has it now."""
        self._task = None
        self._app.connections.discard(self)


class _RefusedError(Exception):
    """Raised inside a parser callback to stop reading; carries the answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem
