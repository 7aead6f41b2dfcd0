"""The stand-in on a loopback port of its own: the API below ``/v1``, the hosted page at ``/pay``."""

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Self

from local.gateway.http import HttpConnection
from local.gateway.messages import HttpRequest, HttpResponse, Problem
from local.gateway.server import bind
from local.model import LocalError
from local.stripe import pages
from local.stripe.api import NO_ANSWER, Api
from local.stripe.deliveries import Deliveries, Post
from local.stripe.records import Records
from local.stripe.world import World


class _Connection(HttpConnection):
    """A connection that can be cut instead of answered."""

    def answer(
        self,
        response: HttpResponse,
        *,
        head_only: bool = False,
        keep_alive: bool = True,
        linger_s: float = 0.0,
    ) -> None:
        """Write the answer, or cut the connection for :data:`NO_ANSWER`."""
        if response is NO_ANSWER:
            self.transport.abort()
            return
        super().answer(response, head_only=head_only, keep_alive=keep_alive, linger_s=linger_s)


class StripeServer:
    """``folder`` keeps the books, the keys and the port between runs; ``now`` is Unix seconds.

    ``post`` delivers webhooks. A context manager for tests; the platform starts and stops it.
    """

    def __init__(self, folder: Path, now: Callable[[], float], post: Post) -> None:
        self.connections: set[HttpConnection] = set()
        self.records = Records(folder / "books.sqlite")
        with self.records.change():
            self.api_key = self.records.setting("api_key", f"sk_test_local_{secrets.token_hex(16)}")
            self.webhook_secret = self.records.setting("webhook_secret", f"whsec_{secrets.token_hex(24)}")
        self.world = World(self.records, now)
        self.api = Api(self.world, self.api_key)
        self.deliveries = Deliveries(self.world, [self.webhook_secret], post, self.api.tick)
        self.port = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where the API answers, without ``/v1``."""
        return f"http://127.0.0.1:{self.port}"

    def claim(self) -> int:
        """Take the port of the run before where it is free, else another; return it."""
        try:
            self._listener = bind(int(self.records.setting("port", "0")))
        except LocalError:
            self._listener = bind(0)
        self.port = int(self._listener.getsockname()[1])
        with self.records.change():
            self.records.set("port", str(self.port))
        self.world.base_url = self.url
        return self.port

    async def start(self) -> None:
        """Serve and deliver."""
        if not self.port:
            self.claim()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), sock=self._listener)
        self.deliveries.start()

    async def stop(self) -> None:
        """Stop; nothing is lost."""
        await self.deliveries.stop()
        if self._server is not None:
            self._server.close()
        elif self.port:
            self._listener.close()
        for connection in list(self.connections):
            connection.transport.close()
        await asyncio.sleep(0)
        self.records.close()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    # ---- Application ----

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; what is changed goes out as webhooks at once."""
        host = request.header("host")
        if host not in {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}:
            return Problem(403, "The payment gateway answers to 127.0.0.1 and localhost only").response()
        try:
            if request.path.startswith("/v1/"):
                return await self.api.handle(request)
            if request.header("origin") not in {"", "null", f"http://{host}"}:
                return Problem(403, "A payment page takes its own forms only").response()
            return pages.handle(self.world, request)
        except Exception as error:  # noqa: BLE001 - the edge: one bad call must not end the connection
            return Problem(500, f"The payment gateway's emulator failed: {error!r}"[:500]).response()
        finally:
            self.deliveries.wake()

    def wants_upgrade(self, request: HttpRequest) -> bool:
        """Nothing here is a WebSocket."""
        del request
        return False

    async def upgrade(self, request: HttpRequest, connection: HttpConnection, early: bytes) -> None:
        """Nothing here is a WebSocket."""
        del request, connection, early
