"""The sliding window on a real Redis: never more than the limit in any window, and honest about the wait."""

from dataclasses import dataclass
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


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_taking_names_class_and_caller_and_expires(redis_url: str) -> None:
    """The key is ``limit:{class}:{who}`` and does not outlive two windows."""
    redis, who = Redis(redis_url), ids.uuid7()
    state = limits.take(redis, Rate(3, 60), who, name="things.make")
    assert (state.limit, state.remaining, state.exceeded) == (3, 2, False)
    left: Any = redis.call("PTTL", f"limit:things.make:{who}")
    assert 0 < left <= 120_000
