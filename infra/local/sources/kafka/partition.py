"""One assigned partition: records wait here and are delivered one batch after another."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from local.sources.kafka.delivery import AbandonedError, Delivery
from local.sources.kafka.records import Record


class Partition:
    """``done(offset)`` is told the next offset to read; ``drained()`` when reading may go on."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        after: Awaitable[object] | None,
        done: Callable[[int], None],
        drained: Callable[[], None],
    ) -> None:
        self._delivery = delivery
        self._after = after  # the same partition's earlier assignment: its last batch must end first
        self._done = done
        self._drained = drained
        self._waiting: deque[Record] = deque()
        self._arrived = asyncio.Event()
        self._ending = False
        self.gone = asyncio.Event()
        self.task = asyncio.get_running_loop().create_task(self._work())

    @property
    def backlog(self) -> int:
        """How many records wait."""
        return len(self._waiting)

    def feed(self, records: Iterable[Record]) -> None:
        """Queue ``records``."""
        self._waiting.extend(records)
        self._arrived.set()

    def leave(self) -> None:
        """The partition goes to somebody else: finish nothing more, mark nothing more."""
        self.gone.set()
        self._arrived.set()

    def end(self) -> None:
        """Finish the batch in hand, then no more."""
        self._ending = True
        self._arrived.set()

    async def _work(self) -> None:
        if self._after is not None:
            await asyncio.wait([asyncio.ensure_future(self._after)])
        try:
            while not self.gone.is_set() and not self._ending:
                batch = await self._gather()
                if batch:
                    await self._delivery.run(batch, self._mark, self.gone)
        except AbandonedError:
            self._waiting.clear()

    def _mark(self, offset: int) -> None:
        if not self.gone.is_set():
            self._done(offset)

    async def _gather(self) -> list[Record]:
        """Return the next batch: at most the batch size, and not before the window has passed."""
        source = self._delivery.source
        await self._arrived.wait()
        if source.window_s > 0 and len(self._waiting) < source.batch_size:
            await self._wait_window(source.window_s, source.batch_size)
        size = min(len(self._waiting), source.batch_size)
        batch = [self._waiting.popleft() for _ in range(size)]
        if not self._waiting and not self.gone.is_set() and not self._ending:
            self._arrived.clear()
        if len(self._waiting) < source.batch_size:
            self._drained()
        return batch

    async def _wait_window(self, window_s: float, batch_size: int) -> None:
        deadline = asyncio.get_running_loop().time() + window_s
        while len(self._waiting) < batch_size and not self.gone.is_set():
            self._arrived.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._arrived.wait(), max(0.0, left))
            except TimeoutError:
                break
        self._arrived.set()
