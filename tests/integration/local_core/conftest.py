"""The platform on the fixture application, running in a thread of its own, and a client for it."""

import asyncio
import http.client
import shutil
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop

from local.model import Destination
from local.platform import Options, Platform
from local.runtime.hooks import Hooks
from local.runtime.limits import Limits

T = TypeVar("T")
FIXTURE = Path(__file__).parent / "fixture_app"
QUICK = Limits(retry_s=(0.01, 0.02), integration_s=1.5, queue=4, send_buffer=64 * 1024)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; ``headers`` by lower-case name, the last value wins."""

    status: int
    headers: Mapping[str, str]
    pairs: list[tuple[str, str]]
    body: bytes


class Running:
    """A platform in a thread. ``call`` runs a coroutine on its loop; ``http`` speaks to its port."""

    def __init__(self, folder: Path, limits: Limits, *, watch: bool) -> None:
        self.folder = folder
        self.delivered: list[tuple[Destination, bytes]] = []
        self.platform = Platform(
            Options(folder, folder / ".local", folder / "template.yaml", port=0, limits=limits, watch=watch),
            services=[_Services(self)],
        )
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.call(self.platform.start())

    def stop(self) -> None:
        self.call(self.platform.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def call(self, work: Any, timeout: float = 30) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def http(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.platform.gateway.port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            pairs = response.getheaders()
            return Answer(response.status, {k.lower(): v for k, v in pairs}, pairs, response.read())
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """Send ``data`` as it is and return everything that comes back until the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.platform.gateway.port), timeout=10) as one:
            one.sendall(data)
            one.shutdown(socket.SHUT_WR)
            parts = []
            while part := one.recv(65536):
                parts.append(part)
            return b"".join(parts)

    def log(self, function: str) -> str:
        return (self.folder / ".local" / "logs" / f"{function}.log").read_text()


class _Services:
    """Stands for the AWS part: remembers failure records, answers ``/_local``, lends a clock."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def start(self, platform: Platform) -> None:
        hooks: Hooks = platform.hooks
        hooks.credentials = lambda name: {"AWS_ACCESS_KEY_ID": f"key-{name}"}
        hooks.aws_endpoint = "http://127.0.0.1:1"

        async def deliver(destination: Destination, body: bytes) -> None:
            self._running.delivered.append((destination, body))

        hooks.deliver = deliver

    async def stop(self) -> None:
        return

    def status(self) -> Mapping[str, Any]:
        return {"services": "fixture"}


def wait_for(condition: Callable[[], T], deadline_s: float = 15.0) -> T:
    """Return the first truthy value of ``condition``; fail after the deadline."""
    until = time.monotonic() + deadline_s
    while not (value := condition()):
        if time.monotonic() > until:
            raise AssertionError("the condition did not come true in time")
        time.sleep(0.01)
    return value


async def gather(*work: Awaitable[T]) -> list[T]:
    """``asyncio.gather`` as a coroutine."""
    return list(await asyncio.gather(*work))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One platform on a copy of the fixture application, with hot reload."""
    folder = tmp_path_factory.mktemp("local_core") / "app"
    shutil.copytree(FIXTURE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    one = Running(folder, QUICK, watch=True)
    one.start()
    yield one
    one.stop()
