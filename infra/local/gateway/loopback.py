"""An emulator's own address: an HTTP server on a loopback port that stays the same between runs."""

import asyncio
from abc import ABC, abstractmethod
from typing import Self

from local.gateway.http import HttpConnection
from local.gateway.messages import HttpRequest, HttpResponse
from local.gateway.server import bind
from local.model import LocalError


class LoopbackServer(ABC):
    """Answers by :meth:`handle`. A context manager for tests; the platform starts and stops it."""

    def __init__(self) -> None:
        self.connections: set[HttpConnection] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    @abstractmethod
    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""

    @abstractmethod
    def claim(self) -> int:
        """Take a port by :meth:`take`, keep it for the next run, and return it."""

    def connection(self) -> HttpConnection:
        """Return what speaks with one client."""
        return HttpConnection(self)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, kept: int) -> int:
        """Take the port of the run before where it is free, else another; return it."""
        try:
            self._listener = bind(kept)
        except LocalError:
            self._listener = bind(0)
        self.port = int(self._listener.getsockname()[1])
        return self.port

    async def start(self) -> None:
        """Serve."""
        if not self.port:
            self.claim()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.connection, sock=self._listener)

    async def stop(self) -> None:
        """Stop; nothing is lost."""
        if self._server is not None:
            self._server.close()
        elif self.port:
            self._listener.close()
        for connection in list(self.connections):
            connection.transport.close()
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def wants_upgrade(self, request: HttpRequest) -> bool:
        """Nothing here is a WebSocket."""
        del request
        return False

    async def upgrade(self, request: HttpRequest, connection: HttpConnection, early: bytes) -> None:
        """Nothing here is a WebSocket."""
        del request, connection, early
