"""What is fetched from a provider: kept, renewed, and never asked for more often than once a cool-down."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit import clock
from kit.errors import Retryable
from users.adapters.oidc.held import Held


class Ticking:
    """The monotonic clock of one test."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class Source:
    """Gives ``value``, or nothing while it is away, and counts."""

    def __init__(self) -> None:
        self.value: set[str] = {"one"}
        self.away = False
        self.asked = 0

    def __call__(self) -> set[str]:
        self.asked += 1
        if self.away:
            raise Retryable("away")
        return set(self.value)


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch) -> Ticking:
    made = Ticking()
    monkeypatch.setattr(clock, "monotonic", made)
    return made


def has(name: str) -> Callable[[set[str]], bool]:
    return lambda names: name in names


def test_a_known_one_is_served_from_memory_and_renewed_in_time(tick: Ticking) -> None:
    source = Source()
    held = Held(source)
    assert [held.get(has("one")) for _ in range(3)] == [{"one"}] * 3
    tick.at += 599
    held.get(has("one"))
    assert source.asked == 1
    tick.at += 1
    source.value = {"two"}
    assert held.get(has("two")) == {"two"}
    assert source.asked == 2


def test_an_unknown_one_is_asked_for_once_and_then_known_not_to_be(tick: Ticking) -> None:
    source = Source()
    held = Held(source)
    held.get()
    tick.at += 15
    assert held.get(has("forged")) == {"one"}  # read after the question: there is none
    assert source.asked == 2


def test_within_the_cool_down_nobody_knows_and_nobody_asks(tick: Ticking) -> None:
    source = Source()
    held = Held(source)
    held.get()
    for _ in range(1280):
        tick.at += 1 / 128
        with pytest.raises(Retryable) as away:
            held.get(has("new"))
    assert (source.asked, away.value.retry_after_s) == (1, 5)
    assert held.get(has("one")) == {"one"}
    source.value = {"one", "new"}
    tick.at += 5
    assert held.get(has("new")) == {"one", "new"}


def test_what_was_had_stays_for_a_day_while_its_source_is_away(tick: Ticking) -> None:
    source = Source()
    held = Held(source)
    held.get()
    source.away = True
    tick.at += 600
    assert held.get(has("one")) == {"one"}
    with pytest.raises(Retryable):
        held.get(has("new"))
    assert source.asked == 2  # the failure, too, begins a cool-down
    tick.at += 24 * 3600
    with pytest.raises(Retryable):
        held.get(has("one"))


def test_nothing_was_ever_had(tick: Ticking) -> None:
    source = Source()
    source.away = True
    held = Held(source)
    for _ in range(5):
        with pytest.raises(Retryable):
            held.get()
    assert source.asked == 1
    source.away = False
    tick.at += 15
    assert held.get() == {"one"}


def test_many_at_once_share_one_fetch() -> None:
    entered, go = threading.Event(), threading.Event()
    asked: list[int] = []

    def slow() -> set[str]:
        asked.append(1)
        entered.set()
        assert go.wait(10)
        return {"one"}

    held = Held(slow)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(held.get, has("one")) for _ in range(8)]
        assert entered.wait(10)
        go.set()
        assert [one.result(10) for one in waiting] == [{"one"}] * 8
    assert len(asked) == 1
