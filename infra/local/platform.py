"""The whole laptop platform, wired: a stack's functions, the port they are reached on, and the parts around.

Order of :meth:`Platform.start`: bind the port → read the templates → services (AWS emulator, controls) →
functions and gateway → ``before_sources`` (bootstrap: migrations, topics, keys) → provisioned environments,
while the sources join their groups.
Everything runs on one event loop; :meth:`Platform.stop` undoes it in reverse and leaves no process behind.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from local.gateway.server import Gateway, bind
from local.model import Stack, StoreAddress
from local.runtime.functions import Functions
from local.runtime.hooks import Hooks
from local.runtime.limits import Limits
from local.runtime.reload import Reloader
from local.templates import read_stack


class Part(Protocol):
    """Something that lives as long as the platform: AWS services, test controls, one kind of source."""

    async def start(self, platform: "Platform") -> None:
        """Begin; may set ``platform.hooks`` and read ``platform.stack``, ``.functions``, ``.gateway``."""

    async def stop(self) -> None:
        """End; never raises because of a part that did not start."""

    def status(self) -> Mapping[str, Any]:
        """What to show: ``{"<name>": value}`` pairs merged into :meth:`Platform.status`."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one run is made of.

    ``parameters`` go to the root template (``Stage``, ``DatabaseHost``, …). ``port`` 0 takes a free one.
    ``state`` is ``.local``: logs and whatever must survive a restart. ``watch`` turns hot reload on.
    """

    root: Path
    state: Path
    template: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    port: int = 8080
    limits: Limits = field(default_factory=Limits)
    watch: bool = True
    stores: tuple[StoreAddress, ...] = ()


class Platform:
    """One running platform. ``services`` start before any function, ``sources`` after the bootstrap."""

    stack: Stack
    functions: Functions
    gateway: Gateway

    def __init__(self, options: Options, services: Sequence[Part] = (), sources: Sequence[Part] = ()) -> None:
        self.options = options
        self.hooks = Hooks()
        self.events: deque[str] = deque(maxlen=200)
        self._said = ""
        self._repeated = 0
        self._services = services
        self._sources = sources
        self._running: list[Callable[[], Awaitable[None]]] = []

    @property
    def url(self) -> str:
        """``http://127.0.0.1:<port>``, known once started."""
        return f"http://127.0.0.1:{self.gateway.port}"

    @property
    def socket_url(self) -> str:
        """The WebSocket API's address, ``ws://127.0.0.1:<port>/<stage>``."""
        return f"ws://127.0.0.1:{self.gateway.port}/{self._stage}"

    @property
    def _stage(self) -> str:
        return self.stack.socket.stage if self.stack.socket else "live"

    def record(self, text: str) -> None:
        """Note one line for the status: what happened, newest last; a line that repeats itself is counted."""
        self._repeated = self._repeated + 1 if text == self._said and self.events else 1
        self._said = text
        if self._repeated > 1:
            self.events.pop()
        times = f" ({self._repeated} times)" if self._repeated > 1 else ""
        self.events.append(f"{time.strftime('%H:%M:%S')} {text}{times}")

    async def start(self, before_sources: Callable[["Platform"], Awaitable[None]] | None = None) -> None:
        """Start everything. Raises :class:`LocalError`, having stopped what had started."""
        try:
            await self._start(before_sources)
        except BaseException:
            await self.stop()
            raise

    async def _start(self, before_sources: Callable[["Platform"], Awaitable[None]] | None) -> None:
        listener = bind(self.options.port)
        port = int(listener.getsockname()[1])
        self.stack = read_stack(
            self.options.template, self.options.parameters, gateway=f"http://127.0.0.1:{port}"
        )
        self.functions = Functions(
            self.stack, self.options.limits, self.options.state, self.hooks, self.record
        )
        self.gateway = Gateway(
            self.stack,
            self.functions,
            self.hooks,
            root=self.options.root,
            port=port,
            record=self.record,
            limits=self.options.limits,
        )
        self._running.append(self.gateway.stop)
        await self._begin(self._services)
        self._running.append(self.functions.stop)
        self.functions.start(f"{self.url}/{self._stage}")
        await self.gateway.start(listener)
        if before_sources is not None:
            await before_sources(self)
        await asyncio.gather(self.functions.warm(), self._begin(self._sources))
        if self.options.watch:
            reloader = Reloader(self.functions, self.options.template, self.record)
            reloader.start()
            self._running.append(reloader.stop)

    async def _begin(self, parts: Sequence[Part]) -> None:
        for part in parts:
            self._running.append(part.stop)
            await part.start(self)

    async def stop(self) -> None:
        """Stop everything that runs, newest first; safe to call twice."""
        while self._running:
            await self._running.pop()()

    def status(self) -> dict[str, Any]:
        """Everything worth showing, as JSON values."""
        status: dict[str, Any] = {
            "url": self.url,
            "socket_url": self.socket_url,
            "functions": self.functions.status(),
            "gateway": self.gateway.status(),
            "stores": [
                {"name": s.name, "url": s.url, "label": s.label, "version": s.version, "pid": s.pid}
                for s in self.options.stores
            ],
            "inert": [{"id": r.logical_id, "type": r.type} for r in self.stack.inert],
            "events": list(self.events)[-50:],
        }
        for part in (*self._services, *self._sources):
            status.update(part.status())
        return status
