"""A clock that stands until it is moved, through the same file the local platform's test control writes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import clock

START = 1_800_000_000.0


class MovingClock:
    """The time of ``kit.clock`` in one test; ``at`` is the present Unix second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.at = START
        self._write()

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds``."""
        self.at += seconds
        self._write()

    def _write(self) -> None:
        self._path.write_bytes(clock.encode(0.0, self.at))


@pytest.fixture
def moving_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MovingClock]:
    """Return the clock, standing at ``START``."""
    path = tmp_path / "clock"
    made = MovingClock(path)
    descriptor = os.open(path, os.O_RDONLY)
    monkeypatch.setattr(clock, "_path", str(path))
    monkeypatch.setattr(clock, "_fd", descriptor)
    yield made
    os.close(descriptor)
