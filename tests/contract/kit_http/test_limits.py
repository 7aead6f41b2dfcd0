"""The sliding window on a real Redis: never more than limit + rate x time, and honest about the wait."""

import multiprocessing
import time
from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import ids, limits
from kit.limits import SLIDING_WINDOW, Rate
from kit.stores.redis import Redis


@dataclass
class Window:
    """One bucket at a time the test chooses."""

    redis: Redis
    key: str
    limit: int = 5
    window_ms: int = 10_000

    def take(self, at_ms: int) -> tuple[int, int, bool]:
        """Take one at ``at_ms``; return remaining, seconds to wait and whether it was refused."""
        args = [self.limit, self.window_ms, at_ms]
        remaining, reset_s, exceeded = self.redis.script(SLIDING_WINDOW, [self.key], args)
        return remaining, reset_s, bool(exceeded)


@pytest.fixture
def window(redis_url: str) -> Window:
    return Window(Redis(redis_url), f"limit:test:{ids.uuid7()}")


def overshoot(accepted: Sequence[int], limit: int, window_ms: int) -> float:
    """Return by how many requests the worst interval exceeds ``limit`` + rate x its length; 0 when none does."""
    times = sorted(accepted)
    return max(
        (
            bisect_right(times, end) - first - limit * (1 + (end - begin) / window_ms)
            for first, begin in enumerate(times)
            for end in times[first:]
        ),
        default=0.0,
    )


def test_the_limit_is_counted_down_and_then_refuses(window: Window) -> None:
    """Five pass, the sixth does not."""
    assert [window.take(1000)[0] for _ in range(5)] == [4, 3, 2, 1, 0]
    assert window.take(1000)[2]


def test_a_burst_at_the_border_of_two_windows_counts(window: Window) -> None:
    """Five at the end of one window leave nothing for the start of the next."""
    for _ in range(5):
        window.take(9_990)
    assert window.take(10_010)[2]


def test_the_wait_it_names_is_long_enough(window: Window) -> None:
    """After exactly that many seconds the next try passes."""
    for _ in range(5):
        window.take(3000)
    _, reset_s, exceeded = window.take(3000)
    assert exceeded
    assert not window.take(3000 + reset_s * 1000)[2]


def test_two_windows_later_everything_is_forgotten(window: Window) -> None:
    """And a clock that was set back starts anew instead of refusing for ever."""
    for _ in range(5):
        window.take(50_000)
    assert window.take(75_000)[0] == 4
    assert window.take(1000)[0] == 4


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 4000), min_size=20, max_size=60))
def test_refused_requests_do_not_push_the_end_away(window: Window, steps: list[int]) -> None:
    """What was refused costs nothing: whoever waits as told gets through, whatever happened before."""
    window.key = f"limit:test:{ids.uuid7()}"
    now, last = 0, (0, 0, False)
    for step in steps:
        now += step
        last = window.take(now)
    if last[2]:
        assert not window.take(now + last[1] * 1000)[2]


def test_a_process_whose_clock_is_behind_does_not_reset_the_window(window: Window) -> None:
    """It read its clock before the border of two windows, and came to Redis after one that read it later."""
    assert [window.take(10_001)[2] for _ in range(5)] == [False] * 5
    assert window.take(9_999)[2]
    assert window.take(10_002)[2]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 3000)), min_size=20, max_size=60))
def test_no_interval_exceeds_the_limit_and_the_rate(window: Window, steps: list[tuple[int, int]]) -> None:
    """Whatever the times, also of clocks up to 3 s behind."""
    window.key = f"limit:test:{ids.uuid7()}"
    now, accepted = 100_000, []
    for step, behind in steps:
        now += step
        if not window.take(now - behind)[2]:
            accepted.append(now - behind)
    assert overshoot(accepted, window.limit, window.window_ms) <= 0


_PROCESSES, _LIMIT, _WINDOW_MS, _FOR_S = 4, 40, 400, 2.0


def _wait(together: Barrier) -> None:
    """Begin with the others."""
    together.wait()


def _hammer(url: str, key: str, seconds: float) -> list[int]:
    """Take as fast as Redis answers for so long; return when it was accepted, by this process's clock."""
    window, accepted = Window(Redis(url), key, _LIMIT, _WINDOW_MS), []
    until = time.time() + seconds
    while (now := time.time()) < until:
        at = int(now * 1000)
        if not window.take(at)[2]:
            accepted.append(at)
    return accepted


def test_four_processes_together_get_what_one_would(redis_url: str) -> None:
    """Accepted at most burst + rate x t over each interval of the run, and over the whole run not much less."""
    spawn = multiprocessing.get_context("spawn")
    hammer = partial(_hammer, redis_url, f"limit:test:{ids.uuid7()}")
    together = (spawn.Barrier(_PROCESSES, timeout=60),)
    with ProcessPoolExecutor(_PROCESSES, spawn, initializer=_wait, initargs=together) as crowd:
        accepted = [at for part in crowd.map(hammer, [_FOR_S] * _PROCESSES) for at in part]
    assert overshoot(accepted, _LIMIT, _WINDOW_MS) <= 0
    assert len(accepted) >= 2 * _LIMIT


def test_taking_names_class_and_caller_and_expires(redis_url: str) -> None:
    """The key is ``limit:{class}:{who}`` and does not outlive two windows."""
    redis, who = Redis(redis_url), ids.uuid7()
    state = limits.take(redis, Rate(3, 60), who, name="things.make")
    assert (state.limit, state.remaining, state.exceeded) == (3, 2, False)
    left: Any = redis.call("PTTL", f"limit:things.make:{who}")
    assert 0 < left <= 120_000
