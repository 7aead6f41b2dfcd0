"""The sender's minute: it goes on whatever one step meets, and ends only when nothing is on its way."""

import pytest

from kit import clock
from kit.errors import Retryable
from partners import sender
from partners.bootstrap import sender as wiring


class Running:
    """A context whose time runs out by ten seconds each time somebody looks."""

    def __init__(self, left_ms: int) -> None:
        self.left_ms = left_ms

    def get_remaining_time_in_millis(self) -> int:
        self.left_ms -= 10_000
        return self.left_ms


class Steps:
    """A pump and a notice that do what they are told, in order."""

    def __init__(self) -> None:
        self.ticks: list[int | Exception] = [1, Retryable("away"), ValueError("a defect"), 2]
        self.waits = 0
        self.left = 2

    @property
    def busy(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def tick(self) -> int:
        step = self.ticks.pop(0) if self.ticks else 0
        if isinstance(step, Exception):
            raise step
        return step

    def wait(self, seconds: float) -> int:
        assert seconds > 0
        self.waits += 1
        return 0

    def tell_one(self) -> bool:
        raise Retryable("no mail now")


def test_a_step_that_fails_ends_neither_the_minute_nor_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, slept = Steps(), list[float]()
    monkeypatch.setattr(clock, "sleep", slept.append)
    monkeypatch.setattr(wiring, "pump", lambda: steps)
    monkeypatch.setattr(wiring, "noticing", lambda: steps)

    assert sender.handler({}, Running(95_000)) == {"ended": 3, "told": 0}
    assert steps.ticks == []
    assert steps.waits == 6 + 2, "as often as there was time, and twice for what was on its way"
    assert len(slept) == 6 + 2
