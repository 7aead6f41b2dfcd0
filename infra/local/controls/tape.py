"""The market tape's player: invokes the feed function with so many candles a tick."""

import asyncio
import json
import logging
from typing import Any

from local.model import Invoker

_log = logging.getLogger(__name__)

FEED = "treum-local-signals-feed"
_MAX_BATCH = 1_000
_MAX_SPEED = 10_000.0
_SHORTEST_TICK_S = 0.05
_AFTER_ERROR_S = 1.0


class Tape:
    """Plays ``speed`` candles a second in batches of ``batch``; paused until :meth:`play`."""

    def __init__(self, invoker: Invoker, function: str = FEED) -> None:
        self._invoker = invoker
        self._function = function
        self._tape = ""
        self._speed = 4.0
        self._batch = 1
        self._task: asyncio.Task[None] | None = None
        self._played = 0
        self._last: Any = None
        self._error = ""

    @property
    def playing(self) -> bool:
        """Whether it runs."""
        return self._task is not None

    def play(self, speed: float | None = None, batch: int | None = None, tape: str | None = None) -> None:
        """Run ``tape`` at ``speed`` candles a second and ``batch`` candles a call, or as before.

        Raises :class:`ValueError` outside 0-10,000 candles/s or 1-1,000 a batch.
        """
        if speed is not None:
            if not 0 < speed <= _MAX_SPEED:
                raise ValueError(f"speed is candles a second, above 0 and up to {_MAX_SPEED:.0f}")
            self._speed = speed
        if batch is not None:
            if not 1 <= batch <= _MAX_BATCH:
                raise ValueError(f"batch is 1 to {_MAX_BATCH} candles")
            self._batch = batch
        if tape is not None:
            self._tape = tape
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def pause(self) -> None:
        """Stand still; the call in flight ends first."""
        task, self._task = self._task, None
        if task is not None:
            await task

    async def step(self, count: int) -> Any:
        """Play ``count`` candles now; return the feed's answer. Raises :class:`ValueError` out of bounds."""
        if not 1 <= count <= _MAX_BATCH:
            raise ValueError(f"count is 1 to {_MAX_BATCH} candles")
        return await self._feed({"count": count})

    async def rewind(self) -> Any:
        """Begin the tape again with its first candle."""
        return await self._feed({"count": 1, "rewind": True})

    def state(self) -> dict[str, Any]:
        """Return what it does."""
        return {
            "playing": self.playing,
            "tape": self._tape,
            "speed": self._speed,
            "batch": self._batch,
            "calls": self._played,
            "last": self._last,
            "error": self._error,
        }

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._task is asyncio.current_task():
            try:
                await self._feed({"count": self._batch})
            except Exception as error:  # noqa: BLE001 - an edge: the player outlives a failing feed
                self._error = str(error)
            if self._error:
                await asyncio.sleep(_AFTER_ERROR_S)
            due = max(due + max(_SHORTEST_TICK_S, self._batch / self._speed), loop.time())
            await asyncio.sleep(due - loop.time())

    async def _feed(self, request: dict[str, Any]) -> Any:
        wish = request | ({"tape": self._tape} if self._tape else {})
        outcome = await self._invoker.invoke(self._function, json.dumps(wish).encode())
        self._played += 1
        self._error = outcome.payload[:300].decode("utf-8", "replace") if outcome.error else ""
        if not outcome.error:
            self._last = json.loads(outcome.payload or b"null")
        return self._last if not self._error else {"error": self._error}
