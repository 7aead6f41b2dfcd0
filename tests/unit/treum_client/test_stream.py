"""The stream's own loop: it ends by close() alone."""

import asyncio

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request

from treum_client import Stream
from treum_client.stream import NO_TICKET


class RefusedError(Exception):
    """What a caller's own HTTP client may raise."""


def test_a_refused_ticket_is_asked_again_and_told() -> None:
    told: list[str] = []
    asked = asyncio.Semaphore(0)

    async def ticket() -> str:
        asked.release()
        raise RefusedError("500")

    async def run() -> None:
        stream = Stream(
            "ws://127.0.0.1:9", ticket, on_event=lambda _channel, _frame: None, on_error=told.append
        )
        running = asyncio.create_task(stream.run())
        async with asyncio.timeout(10):
            await asked.acquire()
            await asked.acquire()
        assert not running.done()
        await stream.close()
        await asyncio.wait_for(running, 10)

    asyncio.run(run())

    assert told[:2] == [NO_TICKET, NO_TICKET]


def test_a_stream_closed_while_it_connects_ends() -> None:
    async def ticket() -> str:
        return "once"

    async def run() -> None:
        knocked, opened = asyncio.Event(), asyncio.Event()

        async def hold(_connection: ServerConnection, _request: Request) -> None:
            knocked.set()
            await opened.wait()

        async def stay(connection: ServerConnection) -> None:
            await connection.wait_closed()

        async with serve(stay, "127.0.0.1", 0, process_request=hold) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            stream = Stream(f"ws://127.0.0.1:{port}", ticket, on_event=lambda _channel, _frame: None)
            running = asyncio.create_task(stream.run())
            await asyncio.wait_for(knocked.wait(), 10)
            await stream.close()
            opened.set()
            await asyncio.wait_for(running, 10)

    asyncio.run(run())
