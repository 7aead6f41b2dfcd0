"""Keep-alive connections to the emulator: a request goes out as it came in, the answer comes back whole."""

import asyncio
from typing import Any

import httptools

from local.aws.wire import HttpRequest, HttpResponse

_IDLE_KEPT = 32
_DEADLINE_S = 75.0  # longer than a long poll of 20 s and a workflow wait of a minute


class UnreachableError(Exception):
    """The emulator did not answer."""


class _Reply(asyncio.Protocol):
    """One connection; carries one exchange at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.reusable = False
        self._waiting: asyncio.Future[HttpResponse] | None = None
        self._head = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a TCP client gives a Transport

    def exchange(self, data: bytes, *, head: bool) -> "asyncio.Future[HttpResponse]":
        """Send ``data`` and return the future of its answer."""
        self._parser: Any = httptools.HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._head = head
        self.reusable = False
        self._waiting = asyncio.get_running_loop().create_future()
        if self.transport is None or self.transport.is_closing():
            self._waiting.set_exception(UnreachableError("closed"))
        else:
            self.transport.write(data)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(error)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        # An answer to HEAD declares a length and sends no body: the parser would wait for it for ever.
        if self._head:
            self._finish()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self.reusable = not self._head and self._parser.should_keep_alive()
            status = self._parser.get_status_code()
            self._waiting.set_result(HttpResponse(status, tuple(self._headers), b"".join(self._body)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or UnreachableError("closed by the emulator"))

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(UnreachableError(str(error)))


class Upstream:
    """A pool of connections to ``127.0.0.1:port``."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Reply] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the emulator's answer; raises :class:`UnreachableError`. A stale connection is replaced."""
        data = _render(request)
        head = request.method == "HEAD"
        if self._idle:
            try:
                return await self._on(self._idle.pop(), data, head=head)
            except UnreachableError:
                pass  # it had been closed while idle, so the emulator never saw the request
        return await self._on(await self._connect(), data, head=head)

    async def _on(self, connection: _Reply, data: bytes, *, head: bool) -> HttpResponse:
        try:
            async with asyncio.timeout(_DEADLINE_S):
                response = await connection.exchange(data, head=head)
        except TimeoutError as error:
            raise UnreachableError(f"no answer within {_DEADLINE_S:.0f} s") from error
        finally:
            self._keep(connection)
        return response

    def _keep(self, connection: _Reply) -> None:
        if connection.reusable and len(self._idle) < _IDLE_KEPT:
            self._idle.append(connection)
        elif connection.transport is not None:
            connection.transport.close()

    async def _connect(self) -> _Reply:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                _Reply, "127.0.0.1", self._port
            )
        except OSError as error:
            raise UnreachableError(str(error)) from error
        return connection

    def close(self) -> None:
        """Drop the idle connections."""
        while self._idle:
            self._keep_none(self._idle.pop())

    @staticmethod
    def _keep_none(connection: _Reply) -> None:
        if connection.transport is not None:
            connection.transport.close()


def _render(request: HttpRequest) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    skipped = {"content-length", "connection", "transfer-encoding", "expect"}
    lines += [f"{name}: {value}" for name, value in request.headers if name not in skipped]
    lines += [f"content-length: {len(request.body)}", "connection: keep-alive"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + request.body
