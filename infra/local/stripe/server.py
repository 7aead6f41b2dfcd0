"""The stand-in on a loopback port of its own: the API below ``/v1``, the hosted page at ``/pay``."""

import secrets
from collections.abc import Callable
from pathlib import Path

from local.gateway.http import HttpConnection
from local.gateway.loopback import LoopbackServer
from local.gateway.messages import HttpRequest, HttpResponse, Problem
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


class StripeServer(LoopbackServer):
    """``folder`` keeps the books, the keys and the port between runs; ``now`` is Unix seconds.

    ``post`` delivers webhooks.
    """

    def __init__(self, folder: Path, now: Callable[[], float], post: Post) -> None:
        super().__init__()
        self.records = Records(folder / "books.sqlite")
        with self.records.change():
            self.api_key = self.records.setting("api_key", f"sk_test_local_{secrets.token_hex(16)}")
            self.webhook_secret = self.records.setting("webhook_secret", f"whsec_{secrets.token_hex(24)}")
        self.world = World(self.records, now)
        self.api = Api(self.world, self.api_key)
        self.deliveries = Deliveries(self.world, [self.webhook_secret], post, self.api.tick)

    def connection(self) -> HttpConnection:
        """Return one that can be cut."""
        return _Connection(self)

    def claim(self) -> int:
        """Take the port of the run before where it is free, else another; return it."""
        port = self.take(int(self.records.setting("port", "0")))
        with self.records.change():
            self.records.set("port", str(port))
        self.world.base_url = self.url
        return port

    async def start(self) -> None:
        """Serve and deliver."""
        await super().start()
        self.deliveries.start()

    async def stop(self) -> None:
        """Stop; nothing is lost."""
        await self.deliveries.stop()
        await super().stop()
        self.records.close()

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
