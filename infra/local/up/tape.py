"""The market's play button: asks the feed function for the next candles, so many a second, until paused."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.model import Invocation, LocalError
from local.platform import Platform
from local.up.parameters import STAGE

FEED = f"treum-{STAGE}-signals-feed"
_BEAT_S = 0.25
_PATIENCE_S = 2.0
_MOST_AT_ONCE = 1000


@dataclass(slots=True)
class Played:
    """What the feed last answered: tape, rows published in all, where it stands."""

    tape: str = ""
    published: int = 0
    row: int = 0
    lap: int = 0
    ended: bool = False


class Tape:
    """Plays ``speed`` candles a second. Nothing happens where no template declares the feed."""

    def __init__(self, *, playing: bool, speed: float, name: str = "") -> None:
        self.playing = playing
        self.speed = speed
        self.name = name
        self.played = Played()
        self._problem = ""
        self._rewind = False
        self._platform: Platform | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, platform: Platform) -> None:
        """Begin to play."""
        self._platform = platform
        if FEED in platform.functions.names():
            self._task = asyncio.get_running_loop().create_task(self._play())

    async def stop(self) -> None:
        """Stop playing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def play(self, *, speed: float | None = None, name: str | None = None, rewind: bool = False) -> None:
        """Play on, faster or slower, another tape, or from the start again."""
        self.speed = self.speed if speed is None else max(0.0, speed)
        self.name = self.name if name is None else name
        self._rewind = self._rewind or rewind
        self.playing = True

    def pause(self) -> None:
        """Stand still where it is."""
        self.playing = False

    def status(self) -> Mapping[str, Any]:
        """``{"tape": {playing, speed, tape, published, row, lap, ended, problem}}``."""
        return {
            "tape": {
                "playing": self.playing,
                "speed": self.speed,
                "tape": self.played.tape or self.name,
                "published": self.played.published,
                "row": self.played.row,
                "lap": self.played.lap,
                "ended": self.played.ended,
                "problem": self._problem,
            },
        }

    async def step(self, count: int) -> Played:
        """Publish the next ``count`` candles now, also while paused; return where the tape stands.

        Raises :class:`LocalError` while the platform still starts.
        """
        if self._platform is None:
            raise LocalError("The tape is not there yet: the platform is starting, try again in a moment")
        wanted: dict[str, Any] = {"count": min(max(1, count), _MOST_AT_ONCE), "rewind": self._rewind}
        if self.name:
            wanted["tape"] = self.name
        outcome = await self._platform.functions.invoke(FEED, json.dumps(wanted).encode())
        self._note(outcome)
        return self.played

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        owed, before = 0.0, loop.time()
        while True:
            await asyncio.sleep(_BEAT_S)
            now = loop.time()
            owed, before = min(owed + (now - before) * self.speed, max(1.0, self.speed)), now
            if not self.playing or owed < 1:
                owed = owed if self.playing else 0.0
                continue
            count = int(owed)
            owed -= count
            await self.step(count)
            if self._problem:
                await asyncio.sleep(_PATIENCE_S)

    def _note(self, outcome: Invocation) -> None:
        assert self._platform is not None
        answer = json.loads(outcome.payload or b"{}")
        if outcome.error is not None:
            problem = f"{answer.get('errorType', outcome.error)}: {answer.get('errorMessage', '')}"
            if problem != self._problem:
                self._platform.record(f"the tape stands still: {problem}")
            self._problem = problem
            return
        if self._problem:
            self._platform.record("the tape plays again")
        self._problem, self._rewind = "", False
        self.played = Played(
            tape=answer["tape"],
            published=self.played.published + answer["published"],
            row=answer["row"],
            lap=answer["lap"],
            ended=answer["ended"],
        )
        if self.played.ended:
            self.playing = False
            self._platform.record(f"the tape {self.played.tape} has ended at row {self.played.row}")
