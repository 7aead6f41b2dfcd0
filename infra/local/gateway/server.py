"""The one port: who may speak to it, and which part answers which path."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.gateway.connections import manage
from local.gateway.http import HttpConnection
from local.gateway.hub import SocketHub
from local.gateway.lambda_api import PREFIX, invoke_api
from local.gateway.messages import HttpRequest, HttpResponse, Problem
from local.gateway.rest import RestApi
from local.gateway.static import Static
from local.model import Invoker, LocalError, Stack
from local.runtime.hooks import Hooks
from local.runtime.limits import Limits

_HOST = "127.0.0.1"
_BACKLOG = 2048
_IDLE_S = 75.0
_SERVER_ERROR = 500


def bind(port: int) -> socket.socket:
    """Return a listening socket on loopback. Raises :class:`LocalError` when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise LocalError(
            f"port {port} is in use: stop what uses it, or choose another (PORT=8081)"
        ) from error
    listener.setblocking(False)
    return listener


class Gateway:
    """Serves REST API, WebSocket API, ``@connections``, Invoke API, console, documentation and controls."""

    def __init__(
        self,
        stack: Stack,
        invoker: Invoker,
        hooks: Hooks,
        *,
        root: Path,
        port: int,
        record: Callable[[str], None],
        limits: Limits,
    ) -> None:
        self.port = port
        self.connections: set[HttpConnection] = set()
        self.requests = self.errors = 0
        self.rest = RestApi(stack, invoker, port=port, record=record, timeout_s=limits.integration_s)
        self.hub: SocketHub | None = None
        if stack.socket is not None:
            self.hub = SocketHub(
                stack.socket,
                invoker,
                now=lambda: hooks.now(),  # noqa: PLW0108 - controls replace hooks.now
                port=port,
                record=record,
                send_buffer=limits.send_buffer,
            )
        self._invoker = invoker
        self._hooks = hooks
        self._static = Static(root)
        self._record = record
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}
        self._server: asyncio.Server | None = None
        self._closer: asyncio.Task[None] | None = None
        self._latencies: deque[float] = deque(maxlen=2000)

    async def start(self, listener: socket.socket) -> None:
        """Serve on ``listener``."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: HttpConnection(self), sock=listener)
        self._closer = loop.create_task(_close_idle(lambda: self.connections, _IDLE_S))
        if self.hub is not None:
            self.hub.start()

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._closer is not None:
            self._closer.cancel()
        if self.hub is not None:
            await self.hub.stop()
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.transport.close()
        await asyncio.sleep(0)

    # ---- Application ----

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; never raises."""
        self.requests += 1
        started = asyncio.get_running_loop().time()
        try:
            response = await self._dispatch(request)
        except Exception as error:  # noqa: BLE001 - the edge: one bad request must not end the connection
            self._record(f"{request.method} {request.raw_path} broke the platform: {error!r}")
            response = Problem(500, "The local platform failed: see its log").response()
        if response.status >= _SERVER_ERROR:
            self.errors += 1
        if request.raw_path.startswith("/api/"):  # files, controls and pushes would hide how slow the API is
            self._latencies.append(asyncio.get_running_loop().time() - started)
        return response

    async def _dispatch(self, request: HttpRequest) -> HttpResponse:
        refusal = self._foreign(request)
        if refusal is not None:
            return refusal.response()
        path = request.raw_path
        if path.startswith("/api/"):
            return await self.rest.handle(request)
        if path == "/_local" or path.startswith("/_local/"):
            return await self._control(request)
        if path.startswith(PREFIX):
            return await invoke_api(self._invoker, request)
        if self.hub is not None and path.startswith(f"/{self.hub.api.stage}/@connections/"):
            return manage(self.hub, request)
        return self._static.find(request) or await self.rest.handle(request)

    def _foreign(self, request: HttpRequest) -> Problem | None:
        """Refuse what a page of another site, or a rebound name, could send."""
        hosts = [value for name, value in request.headers if name.lower() == "host"]
        if len(hosts) != 1:
            return Problem(400, "A request has exactly one Host header", "BAD_HOST")
        if hosts[0].lower() not in self._hosts:
            return Problem(421, f"Only http://127.0.0.1:{self.port} is served here", "BAD_HOST")
        return None

    async def _control(self, request: HttpRequest) -> HttpResponse:
        origin = request.header("origin")
        site = request.header("sec-fetch-site", "none")
        if (origin and origin not in self._origins) or site not in {"none", "same-origin"}:
            return Problem(
                403, "Test controls answer only this platform's own pages", "FOREIGN_ORIGIN"
            ).response()
        if self._hooks.control is None:
            return Problem(404, "No test controls are running").response()
        return await self._hooks.control(request)

    def wants_upgrade(self, request: HttpRequest) -> bool:
        """Whether ``request`` opens a WebSocket that this application serves."""
        if self.hub is None or request.header("upgrade").lower() != "websocket":
            return False
        path = request.raw_path.rstrip("/")
        return path == f"/{self.hub.api.stage}" and self._foreign(request) is None

    async def upgrade(self, request: HttpRequest, connection: HttpConnection, early: bytes) -> None:
        """Take the connection over, or answer the refusal."""
        self.requests += 1
        if self.hub is not None:
            await self.hub.open(request, connection, early)

    def status(self) -> dict[str, Any]:
        """Counts, and latencies of the API (milliseconds), for the status page."""
        ordered = sorted(self._latencies)
        middle = ordered[len(ordered) // 2] if ordered else 0.0
        high = ordered[int(len(ordered) * 0.99)] if ordered else 0.0
        hub = self.hub
        return {
            "requests": self.requests,
            "errors": self.errors,
            "p50_ms": round(middle * 1000, 3),
            "p99_ms": round(high * 1000, 3),
            "connections": len(self.connections),
            "sockets": len(hub.sockets) if hub else 0,
            "frames_in": hub.frames_in if hub else 0,
            "frames_out": hub.frames_out if hub else 0,
        }


async def _close_idle(connections: Callable[[], set[HttpConnection]], idle_s: float) -> None:
    """Close, for ever, connections that have sent nothing for ``idle_s`` and wait for nothing."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(idle_s / 4)
        limit = loop.time() - idle_s
        for connection in list(connections()):
            if connection.busy_since is None and connection.last_used < limit:
                connection.transport.close()
