"""Watches the stores of a platform: starts again what crashed, and keeps what happened in words."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from local.stores import Store

_LOOK_EVERY_S = 0.2

Say = Callable[[str], None]


@dataclass(slots=True)
class Absence:
    """One time that a store was away: since when (seconds of the monotonic clock), why, for how long."""

    why: str
    since: float
    at: str = field(default_factory=lambda: time.strftime("%H:%M:%S"))
    lasted_s: float | None = None


class Watch:
    """``say`` is told when a store goes and comes; ``retry_s`` passes between two attempts to start one."""

    def __init__(self, stores: Iterable[Store], say: Say, *, retry_s: float = 5.0) -> None:
        self.say = say
        self._stores = tuple(stores)
        self._retry_s = retry_s
        self._absences: dict[str, list[Absence]] = {}
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
        absences = self._absences.get(name, [])
        if not absences:
            return ""
        last = absences[-1]
        times = "once" if len(absences) == 1 else f"{len(absences)} times"
        how_long = "and still is" if last.lasted_s is None else f"for {last.lasted_s:.1f} s"
        return f"away {times}, last at {last.at} {how_long} ({last.why})"

    async def _watch(self, store: Store) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self._note(store)
            if store.wanted and not store.running:
                await self._revive(store)

    def _note(self, store: Store) -> None:
        """Write down that ``store`` went or came since the last look."""
        absences = self._absences.get(store.name, [])
        gone = absences[-1] if absences and absences[-1].lasted_s is None else None
        if gone is None and not store.running:
            why = "crashed" if store.wanted else "stopped on purpose"
            self._absences.setdefault(store.name, []).append(Absence(why, time.monotonic()))
            self.say(f"{store.name} has {why}" if store.wanted else f"{store.name} was {why}")
        elif gone is not None and store.running:
            gone.lasted_s = time.monotonic() - gone.since
            self._last_problem.pop(store.name, None)
            self.say(f"{store.name} is back after {gone.lasted_s:.1f} s")

    async def _revive(self, store: Store) -> None:
        try:
            await asyncio.to_thread(store.start)
        except Exception as error:  # noqa: BLE001 - whatever stops one start, the watch goes on and tries again
            problem = f"{store.name} does not start yet: {type(error).__name__}: {error}"
            if self._last_problem.get(store.name) != problem:
                self.say(problem)
            self._last_problem[store.name] = problem
            await asyncio.sleep(self._retry_s)
