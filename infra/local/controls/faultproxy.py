"""A TCP proxy that hurts: delays, drops replies, refuses, cuts. Between a client and a store, in tests."""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import Self

_CHUNK = 65_536


@dataclass(slots=True)
class Faults:
    """What happens to traffic from now on; change it while connections are open.

    ``delay_s`` holds each chunk of a reply. ``drop_replies`` passes requests on and swallows the answers: the
    effect was applied and nobody heard of it. ``drop_requests`` swallows what clients send. ``refuse`` closes
    new connections at once.
    """

    delay_s: float = 0.0
    drop_replies: bool = False
    drop_requests: bool = False
    refuse: bool = False


class FaultProxy:
    """``async with FaultProxy(host, port) as proxy``: clients connect to ``proxy.port``."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.faults = Faults()
        self.port = 0
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset every open connection."""
        for writer in list(self._writers):
            _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self.faults.refuse:
            _reset(writer)
            return
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, upstream_writer}
        try:
            await asyncio.gather(
                self._pump(reader, upstream_writer, replies=False),
                self._pump(upstream_reader, writer, replies=True),
            )
        finally:
            for each in (writer, upstream_writer):
                self._writers.discard(each)
                each.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, replies: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                if replies and self.faults.delay_s:
                    await asyncio.sleep(self.faults.delay_s)
                if self.faults.drop_replies if replies else self.faults.drop_requests:
                    continue
                writer.write(data)
                await writer.drain()
        # one side ended: so does the other
        writer.transport.abort()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, as a crashed machine's address answers, instead of an orderly end."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
