"""All functions of a stack, found by name, ARN or alias: the platform's Invoker."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from local.model import Invocation, LocalError, Stack
from local.runtime.asynchronous import AsyncCalls
from local.runtime.hooks import Hooks
from local.runtime.limits import Limits
from local.runtime.logs import FunctionLog
from local.runtime.nursery import Nursery
from local.runtime.pool import Pool
from local.runtime.processes import Processes, Spawning

_REAP_EVERY_S = 5.0


class UnknownFunctionError(LocalError, LookupError):
    """No template declares the function that somebody calls."""


class Functions:
    """One pool for each function. ``sockets_url`` is set by the platform before the first call."""

    def __init__(
        self, stack: Stack, limits: Limits, state: Path, hooks: Hooks, record: Callable[[str], None]
    ) -> None:
        logs = state / "logs"
        self._processes: Processes = Nursery() if sys.platform == "linux" else Spawning()
        self._pools = {
            name: Pool(spec, limits, hooks, FunctionLog(logs, name), record=record, processes=self._processes)
            for name, spec in stack.functions.items()
        }
        self._found: dict[str, Pool] = dict(self._pools)
        self._async = AsyncCalls(limits, hooks, record)
        self._record = record
        self._reaper: asyncio.Task[None] | None = None

    def start(self, sockets_url: str) -> None:
        """Begin; processes are started by the first call of each function."""
        for pool in self._pools.values():
            pool.sockets = sockets_url
        self._reaper = asyncio.get_running_loop().create_task(self._reap())

    async def warm(self) -> None:
        """Start what the templates declare as provisioned; return when it waits for work."""
        await asyncio.gather(*(pool.warm() for pool in self._pools.values() if pool.spec.provisioned))

    def pool(self, function: str) -> Pool:
        """Return the pool of ``function``: a name, ``name:alias``, or an ARN with or without qualifier.

        Raises :class:`UnknownFunctionError`.
        """
        found = self._found.get(function)
        if found is None:
            found = self._pools.get(function_name(function))
            if found is None:
                raise UnknownFunctionError(f"no template declares a function {function_name(function)}")
            self._found[function] = found
        return found

    def submit(self, function: str, payload: bytes) -> asyncio.Future[Invocation]:
        """Start one call now; the future ends with its outcome."""
        return self.pool(function).submit(payload)

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        """Run ``function`` (name or ARN) to its end and return the outcome; waits in the queue at the cap."""
        return await self.pool(function).submit(payload)

    async def invoke_async(self, function: str, payload: bytes) -> None:
        """Queue ``payload``; two retries, then the on-failure destination."""
        self._async.add(self.pool(function), payload)

    def kill(self, function: str) -> int:
        """Kill the processes of ``function`` at once; return how many."""
        killed = self.pool(function).kill()
        if killed:
            self._record(f"{function_name(function)}: {killed} processes killed on purpose")
        return killed

    def names(self) -> Iterable[str]:
        """All function names."""
        return self._pools.keys()

    def changed(self, paths: Iterable[Path]) -> list[str]:
        """Restart the functions that ``paths`` concern; return their names.

        A function is concerned by its own domain package, by any of its layers, and by files at the top
        of its code root.
        """
        files = list(paths)
        restarted = []
        for name, pool in self._pools.items():
            if any(_concerns(pool, path) for path in files):
                pool.restart()
                restarted.append(name)
        return restarted

    def folders(self) -> set[Path]:
        """The folders whose files functions are made of."""
        return {f for pool in self._pools.values() for f in (pool.spec.code_root, *pool.spec.layers)}

    async def stop(self) -> None:
        """Drop what is pending and end every process."""
        if self._reaper is not None:
            self._reaper.cancel()
        await self._async.stop()
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))
        await self._processes.stop()

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(_REAP_EVERY_S)
            for pool in self._pools.values():
                pool.reap()

    def status(self) -> dict[str, Any]:
        """Each function's counts, by name, and the asynchronous calls that wait."""
        return {name: pool.status() for name, pool in self._pools.items()}

    @property
    def pending_async(self) -> int:
        """Asynchronous calls accepted and not yet done."""
        return self._async.pending


def function_name(function: str) -> str:
    """Return the bare name in a name, ``name:alias``, ``account:function:name`` or a full ARN."""
    if ":function:" in function:
        function = function.partition(":function:")[2]
    return function.partition(":")[0]


def _concerns(pool: Pool, path: Path) -> bool:
    spec = pool.spec
    package = spec.code_root / spec.handler.partition(".")[0]
    return (
        path.parent == spec.code_root
        or path.is_relative_to(package)
        or any(path.is_relative_to(layer) for layer in spec.layers)
    )
