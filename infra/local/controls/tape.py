"""The market tape under ``/_local/tape``: play, pause, step, rewind, through whoever plays it."""

from collections.abc import Mapping
from typing import Any, Protocol

from local.controls.routes import Body, Query, Rest

_MOST_SPEED = 10_000
_MOST_STEP = 1_000


class Playable(Protocol):
    """The player, as far as the controls need it; ``local.up.tape.Tape`` is one."""

    def play(self, *, speed: float | None = None, name: str | None = None, rewind: bool = False) -> None:
        """Play on: ``speed`` candles a second, tape ``name``, from the start with ``rewind``."""

    def pause(self) -> None:
        """Stand still."""

    async def step(self, count: int) -> Any:
        """Publish the next ``count`` candles now."""

    def status(self) -> Mapping[str, Any]:
        """``{"tape": {…}}``."""


class TapeControl:
    """Checks what comes in and answers with the tape's state."""

    def __init__(self, tape: Playable) -> None:
        self._tape = tape

    async def state(self, _rest: Rest, _query: Query, _body: Body) -> Any:
        """Return what it does."""
        return self._tape.status().get("tape", {})

    async def drive(self, rest: Rest, query: Query, body: Body) -> Any:
        """Do ``rest``: ``play`` (speed, tape), ``pause``, ``step`` (count) or ``rewind``."""
        if rest in {"play", "rewind"}:
            self._tape.play(speed=_speed(body), name=body.get("tape"), rewind=rest == "rewind")
        elif rest == "pause":
            self._tape.pause()
        elif rest == "step":
            await self._tape.step(_count(body))
        else:
            raise LookupError(f"The tape knows play, pause, step and rewind, not {rest!r}")
        return await self.state(rest, query, body)


def _speed(body: Body) -> float | None:
    speed = body.get("speed")
    if speed is None:
        return None
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0 < speed <= _MOST_SPEED:
        raise ValueError(f"speed is candles a second, above 0 and up to {_MOST_SPEED}")
    return float(speed)


def _count(body: Body) -> int:
    count = body.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST_STEP:
        raise ValueError(f"count is 1 to {_MOST_STEP} candles")
    return count
