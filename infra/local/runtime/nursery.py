"""Forks functions' processes from one that has loaded their packages: a tenth of a start's work for most.

The nursery dies with the platform (PDEATHSIG), and its children with it. When it dies alone they are gone
too: whoever waits for them is told, and the next start begins another nursery.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from local.runtime.environment import inherited
from local.runtime.nursery_main import PACKET
from local.runtime.processes import Told
from local.stores import launch


class Nursery:
    """One nursery, begun with the first start."""

    def __init__(self) -> None:
        self._channel: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()  # one start at a time: a packet never waits for room
        self._asked: tuple[Told, asyncio.Future[int]] | None = None
        self._children: dict[int, Told] = {}

    async def launch(self, handler: str, env: Mapping[str, str], cwd: Path, told: Told) -> int:
        """See :class:`local.runtime.processes.Processes`."""
        packet = json.dumps({"handler": handler, "env": dict(env), "cwd": str(cwd)}).encode()
        async with self._turn:
            try:
                return await self._ask(packet, told)
            except ConnectionError:  # it had ended, or did: another one, once
                self._gone()
                return await self._ask(packet, told)

    async def stop(self) -> None:
        """See :class:`local.runtime.processes.Processes`."""
        if self._process is not None:
            self._gone()
            await self._process.wait()

    async def _ask(self, packet: bytes, told: Told) -> int:
        loop = asyncio.get_running_loop()
        channel = self._channel or await self._begin()
        reading, writing = os.pipe()
        with os.fdopen(writing, "wb", 0):
            await loop.connect_read_pipe(lambda: _Output(told), os.fdopen(reading, "rb", 0))
            self._asked = told, loop.create_future()
            socket.send_fds(channel, [packet], [writing])
        return await self._asked[1]

    async def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *launch.bound(signal.SIGKILL),
                *(sys.executable, "-X", "frozen_modules=on", "-m", "local.runtime.nursery_main"),
                str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                env=inherited(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        ours.setblocking(False)
        asyncio.get_running_loop().add_reader(ours.fileno(), self._hear)
        self._channel = ours
        return ours

    def _hear(self) -> None:
        assert self._channel is not None, "nobody is heard without a channel"
        try:
            packet = self._channel.recv(PACKET)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._gone()
            return
        said = json.loads(packet)
        if "code" in said:
            # what it printed last lies in its pipe, which is read in the same round
            told = self._children.pop(said["pid"])
            asyncio.get_running_loop().call_soon(told.on_exit, said["code"])
        elif self._asked is not None:
            told, born = self._asked
            self._children[said["pid"]] = told
            self._asked = None
            born.set_result(said["pid"])

    def _gone(self) -> None:
        """The nursery has ended, or is to: its children end with it."""
        channel, self._channel = self._channel, None
        if channel is None:
            return
        asyncio.get_running_loop().remove_reader(channel.fileno())
        channel.close()
        asked, self._asked = self._asked, None
        if asked is not None:
            asked[1].set_exception(ConnectionResetError("the nursery of processes has ended"))
        children, self._children = self._children, {}
        for told in children.values():
            told.on_exit(-signal.SIGKILL)


class _Output(asyncio.Protocol):
    def __init__(self, told: Told) -> None:
        self._told = told

    def data_received(self, data: bytes) -> None:
        self._told.on_output(data)
