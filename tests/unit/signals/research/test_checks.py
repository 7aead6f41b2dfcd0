"""No shipped strategy looks ahead or depends on where the record starts; planted ones that do are found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import talib

from builders.research import SmaCross, random_market, recorded
from signals.research.checks import looks_ahead, never_settles
from signals.research.deciding import Market
from signals.strategies import ALL, Idea, Strategy, Window

MARKETS = {
    "a walk": random_market(700, 11),
    "two splits of Apple": recorded("us-equities-1d", "AAPL", 900, 620),
    "hours of the euro": recorded("eurusd-1h", "EURUSD", 100, 620),
}


class Peeking(SmaCross):
    """Reads the array its window is a part of, where the next close already stands."""

    def decide(self, window: Window) -> Idea | None:
        idea, whole = super().decide(window), window.close.base
        if idea is None or whole is None:
            return idea
        shared: Any = whole
        at = (window.close.ctypes.data - shared.ctypes.data) // 8 + len(window)
        return idea if at >= len(shared) or shared[at] > window.close[-1] else None


class Remembering(SmaCross):
    """Measures by the highest close it was ever shown, so the first pass over a record spoils it."""

    highest = 0.0

    def decide(self, window: Window) -> Idea | None:
        idea = super().decide(window)
        type(self).highest = max(self.highest, float(window.close.max()))
        return idea and replace(idea, confidence=max(1, min(100, int(100 * idea.entry / self.highest))))


class Accumulating(SmaCross):
    """Sums from wherever the window starts."""

    def decide(self, window: Window) -> Idea | None:
        idea = super().decide(window)
        return idea and replace(idea, confidence=1 + int(np.cumsum(window.close)[-1]) % 100)


class Unforgetting(SmaCross):
    """Stops at an average that is too long for the window to forget its first value."""

    def decide(self, window: Window) -> Idea | None:
        idea = super().decide(window)
        if idea is None or len(window) < 200:
            return None
        return replace(idea, stop=idea.entry * 0.9 + 0.05 * float(talib.KAMA(window.close, 150)[-1]))


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_no_shipped_strategy_looks_ahead(strategy: Strategy, market: Market) -> None:
    assert looks_ahead(lambda: strategy, market) == []


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_every_shipped_strategy_settles_within_its_window(strategy: Strategy, market: Market) -> None:
    assert never_settles(strategy, market) == []


@pytest.mark.parametrize("bad", [Peeking, Remembering])
def test_a_strategy_that_sees_the_future_is_found(bad: Callable[[], Strategy]) -> None:
    found = looks_ahead(bad, MARKETS["a walk"])
    assert found
    assert found[0].said != found[0].says


@pytest.mark.parametrize("bad", [Accumulating(), Unforgetting()])
def test_a_strategy_that_depends_on_the_start_of_the_record_is_found(bad: Strategy) -> None:
    found = never_settles(bad, MARKETS["a walk"])
    assert found
    assert "candles" in found[0].other


def test_an_honest_strategy_passes_both() -> None:
    assert looks_ahead(SmaCross, MARKETS["a walk"]) == []
    assert never_settles(SmaCross(), MARKETS["a walk"]) == []
