"""How a function's process comes about: forked from the nursery on Linux, started by itself elsewhere."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Told(Protocol):
    """Who hears of a process."""

    def on_output(self, data: bytes) -> None:
        """It printed ``data``."""

    def on_exit(self, code: int | None) -> None:
        """It has ended, by a signal where ``code`` is below zero."""


class Processes(Protocol):
    """Starts processes of ``awslambdaric`` that lead a session of their own."""

    async def launch(self, handler: str, env: Mapping[str, str], cwd: Path, told: Told) -> int:
        """Start one; return its id. Raises ``OSError``."""

    async def stop(self) -> None:
        """Start no more."""


class Spawning:
    """Each process is an interpreter that loads everything anew."""

    async def launch(self, handler: str, env: Mapping[str, str], cwd: Path, told: Told) -> int:
        """See :class:`Processes`."""
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: _Spawned(told),
            *(sys.executable, "-X", "frozen_modules=on", "-m", "awslambdaric", handler),
            stdin=asyncio.subprocess.DEVNULL,
            env=dict(env),
            cwd=str(cwd),
            start_new_session=True,
        )
        return transport.get_pid() or 0

    async def stop(self) -> None:
        """See :class:`Processes`."""


class _Spawned(asyncio.SubprocessProtocol):
    def __init__(self, told: Told) -> None:
        self._told = told
        self._transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a subprocess transport by construction

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        del fd
        self._told.on_output(data)

    def process_exited(self) -> None:
        assert self._transport is not None, "a process is connected before it ends"
        self._told.on_exit(self._transport.get_returncode())

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        assert self._transport is not None, "a process is connected before it ends"
        self._transport.close()
