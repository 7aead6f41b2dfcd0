"""Watches the stores of a platform: starts again what crashed, and keeps what happened in words."""

import asyncio
from collections.abc import Callable, Iterable

from local.stores import Store
from local.troubles import Troubles

_LOOK_EVERY_S = 0.2

Say = Callable[[str], None]


class Watch:
    """``say`` is told when a store goes and comes; ``retry_s`` passes between two attempts to start one."""

    def __init__(self, stores: Iterable[Store], say: Say, *, retry_s: float = 5.0) -> None:
        self.say = say
        self._stores = tuple(stores)
        self._retry_s = retry_s
        self._away = {store.name: Troubles("away") for store in self._stores}
        self._last_problem: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to watch; each store has a watch of its own, so that none waits for another."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._watch(store)) for store in self._stores if not store.external]

    async def stop(self) -> None:
        """Watch no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def history(self, name: str) -> str:
        """Return in words how often store ``name`` was away, and the last time; empty when it never was."""
        return self._away[name].words()

    async def _watch(self, store: Store) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self._note(store)
            if store.wanted and not store.running:
                await self._revive(store)

    def _note(self, store: Store) -> None:
        """Write down that ``store`` went or came since the last look."""
        away = self._away[store.name]
        if not away.now and not store.running:
            away.begin("it crashed" if store.wanted else "it was stopped on purpose")
            self.say(f"{store.name} {away.now.removeprefix('it ')}")
        elif away.now and store.running:
            self._last_problem.pop(store.name, None)
            self.say(f"{store.name} is back after {away.end():.1f} s")

    async def _revive(self, store: Store) -> None:
        try:
            await asyncio.to_thread(store.start)
        except Exception as error:  # noqa: BLE001 - whatever stops one start, the watch goes on and tries again
            problem = f"{store.name} does not start yet: {type(error).__name__}: {error}"
            if self._last_problem.get(store.name) != problem:
                self.say(problem)
            self._last_problem[store.name] = problem
            await asyncio.sleep(self._retry_s)
