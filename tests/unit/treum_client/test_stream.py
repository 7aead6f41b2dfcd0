"""The stream's own loop: it ends by close() alone."""

import asyncio

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
