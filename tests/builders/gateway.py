"""A small ``@connections`` server on loopback: real HTTP, per-connection inboxes, faults on demand."""

import asyncio
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import unquote


@dataclass
class Gateway:
    """``answers[id]``: statuses to give to the next posts to that connection instead of 200."""

    url: str = ""
    frames: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    deleted: list[str] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    cut_after: int = 0  # close each HTTP connection after so many requests, 0: never
    hang: bool = False
    headers: list[bytes] = field(default_factory=list)
    most_at_once: int = 0
    overlaps: int = 0
    _open: set[str] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/live"
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served = 0
        self._writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                if self.hang:
                    await asyncio.sleep(3600)
                await self._answer(head, body, writer)
                served += 1
                if served == self.cut_after:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
        connection = unquote(path.rpartition("/")[2])
        self.headers.append(head)
        self.overlaps += connection in self._open
        self._open.add(connection)
        self.most_at_once = max(self.most_at_once, len(self._open))
        await asyncio.sleep(0)
        status = self.answers[connection].pop(0) if self.answers[connection] else 200
        if status == 200 and method == "POST":
            self.frames[connection].append(body)
        elif method == "DELETE":
            self.deleted.append(connection)
        self._open.discard(connection)
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)
        await writer.drain()
