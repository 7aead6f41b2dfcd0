"""The AWS endpoint as one thing to start and stop: proxy, emulator, keys, journal and mailbox."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from local.aws import REGION
from local.aws.calls import CallLog
from local.aws.credentials import PLATFORM, Credentials, Keyring
from local.aws.internal import Internal
from local.aws.journal import Journal
from local.aws.mailbox import Mailbox
from local.aws.process import EmulatorProcess
from local.aws.proxy import Proxy
from local.aws.upstream import Upstream
from local.aws.wire import Listening, serve

_log = logging.getLogger(__name__)

STATES_ROLE = "states"  # under which workflows without a role of their own call


class AwsEndpoint:
    """``async with AwsEndpoint(folder) as aws``: ``aws.url`` is the AWS_ENDPOINT_URL of every function.

    ``folder`` keeps keys and journal (``.local/aws``); ``now`` is the platform clock in Unix seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], float],
        calls: Path | None = None,
        region: str = REGION,
        port: int = 0,
    ) -> None:
        self._folder = folder
        self._region = region
        self._port = port
        self.keyring = Keyring.open(folder)
        self.keyring.issue(STATES_ROLE)
        self.mailbox = Mailbox(now)
        self.calls = CallLog(calls or folder / "aws-calls.jsonl")
        self._journal = Journal(folder)
        self.proxy = Proxy(
            self.keyring, self.calls, self.mailbox, self._journal, lambda: datetime.fromtimestamp(now(), UTC)
        )
        self._server: Listening | None = None
        self._emulator: EmulatorProcess | None = None
        self._guard: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._restarted: list[Callable[[], Awaitable[None]]] = []

    def on_emulator_restart(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call ``callback`` after each unplanned restart: it makes queues, topics and workflows again."""
        self._restarted.append(callback)

    @property
    def url(self) -> str:
        """The endpoint, ``http://127.0.0.1:<port>``."""
        return f"http://127.0.0.1:{self._server.port if self._server else 0}"

    @property
    def internal(self) -> Internal:
        """The platform's own way in."""
        return Internal(self.proxy, self.url.removeprefix("http://"))

    @property
    def emulator_pid(self) -> int | None:
        """Process id of the emulator."""
        return self._emulator.pid if self._emulator else None

    def environment(self, role: str) -> dict[str, str]:
        """Return what a function called ``role`` needs in its environment to reach this endpoint."""
        return self.keyring.issue(role).environment() | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": self._region,
            "AWS_DEFAULT_REGION": self._region,
        }

    @property
    def platform(self) -> Credentials:
        """The platform's own key."""
        return self.keyring.issue(PLATFORM)

    async def __aenter__(self) -> Self:
        try:
            self._server = await serve(self.proxy.handle, self._port)
            await self._start_emulator()
        except BaseException:
            await self.__aexit__()
            raise
        self._guard = asyncio.get_running_loop().create_task(self._keep_alive())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._guard is not None:
            self._guard.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._guard
        if self._server is not None:
            await self._server.close()
        if self._emulator is not None:
            await self._emulator.stop()
        if self.proxy.upstream is not None:
            self.proxy.upstream.close()
        self._journal.close()
        self.calls.close()

    async def restart_emulator(self) -> None:
        """Kill the emulator; return when its successor has everything that is kept."""
        if self._emulator is None:
            return
        self._ready.clear()
        self._emulator.kill()
        await self._ready.wait()

    async def _start_emulator(self) -> None:
        self._emulator = await EmulatorProcess.start(
            endpoint=self.url,
            seed=self.keyring.seed,
            region=self._region,
            log=self._folder / "emulator.log",
        )
        upstream = Upstream(self._emulator.port)
        for kept in self._journal.replay():
            response = await upstream.send(kept.request)
            if response.status >= 300:  # noqa: PLR2004 - what succeeded once should again
                _log.warning("Replay of %s answered %s", kept.scope, response.status)
        self.proxy.connect(upstream)

    async def _keep_alive(self) -> None:
        """Start a new emulator whenever the old one ends; its workflows are driven again by name."""
        while self._emulator is not None:
            await self._emulator.wait()
            self._ready.clear()
            self.proxy.connect(None)
            _log.warning("The AWS emulator ended; starting it again")
            await self._start_emulator()
            for callback in self._restarted:
                await callback()
            self._ready.set()
