"""The payment gateway's stand-in for tests: on a thread of its own, its webhooks collected or sent on."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from local.stripe.server import StripeServer
from payments.adapters.stripe import Stripe, StripePayments, StripeReader, StripeSubscriptions

T = TypeVar("T")


class _Stay(HTTPRedirectHandler):
    """Leaves a redirect to whoever asked."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Counter:
    """A running stand-in. ``sent`` are the webhooks it posted: body and signature header."""

    server: StripeServer
    loop: asyncio.AbstractEventLoop
    moved_s: list[float]
    sent: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def run(self, act: Callable[[StripeServer], T]) -> T:
        """Do ``act`` on the server's thread."""
        done: Future[T] = Future()

        def work() -> None:
            try:
                done.set_result(act(self.server))
            except Exception as error:  # noqa: BLE001 - handed to the caller
                done.set_exception(error)

        self.loop.call_soon_threadsafe(work)
        return done.result(20)

    def deliver(self) -> int:
        """Send everything that waits; return how many were tried."""
        return asyncio.run_coroutine_threadsafe(self.server.deliveries.flush(), self.loop).result(60)

    def fault(self, kind: str, path: str = "/v1/", **more: Any) -> None:
        """Plan a fault."""
        self.run(lambda server: server.api.faults.add({"kind": kind, "path": path, **more}))

    def later(self, seconds: float) -> None:
        """Move the gateway's clock."""
        self.moved_s[0] += seconds

    def stripe(self, timeout_s: float = 5.0) -> Stripe:
        """Return our client of it."""
        key = self.server.api_key
        return Stripe(lambda _fresh: key, self.server.url, timeout_s=timeout_s)

    @property
    def payments(self) -> StripePayments:
        return StripePayments(self.stripe())

    @property
    def subscriptions(self) -> StripeSubscriptions:
        return StripeSubscriptions(self.stripe())

    @property
    def reader(self) -> StripeReader:
        return StripeReader(self.stripe())

    def click(self, page: str, **form: str) -> tuple[int, str, str]:
        """See :func:`click`."""
        return click(page, **form)


def click(page: str, **form: str) -> tuple[int, str, str]:
    """Post a page's form as a browser does; return status, where it leads, and what is shown."""
    data = urlencode(form).encode() if form else None
    request = Request(page, data=data)  # noqa: S310 - the stand-in's own address
    try:
        with build_opener(_Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", ""), error.read().decode()


@contextmanager
def counter(
    folder: Path, answer: Callable[[bytes, dict[str, str]], int] = lambda _body, _headers: 200
) -> Iterator[Counter]:
    """Run a stand-in on ``folder``; ``answer`` is the webhook's endpoint."""
    moved = [0.0]
    ready: Future[Counter] = Future()
    ended = threading.Event()

    def thread() -> None:
        asyncio.run(_serve(folder, moved, answer, ready, ended))

    running = threading.Thread(target=thread, daemon=True)
    running.start()
    found = ready.result(20)
    try:
        yield found
    finally:
        ended.set()
        running.join(20)


async def _serve(
    folder: Path,
    moved: list[float],
    answer: Callable[[bytes, dict[str, str]], int],
    ready: "Future[Counter]",
    ended: threading.Event,
) -> None:
    async def post(body: bytes, headers: dict[str, str]) -> int:
        found.sent.append((body, headers["Stripe-Signature"]))
        status = await asyncio.to_thread(answer, body, headers)
        found.statuses.append(status)
        return status

    server = StripeServer(folder, lambda: time.time() + moved[0], post)
    found = Counter(server, asyncio.get_running_loop(), moved)
    async with server:
        ready.set_result(found)
        await asyncio.to_thread(ended.wait)
