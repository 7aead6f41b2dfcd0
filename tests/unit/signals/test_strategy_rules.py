"""Each strategy on planted candles: it fires where its rule says, on one candle, and its mirror image too."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.signals import CANDLE_AT, walk
from signals.errors import BadGrid
from signals.model.market import Candle
from signals.research.search import tuned
from signals.strategies import ALL, WIDTH, Idea, Series, Strategy
from signals.strategies.calibration import UNKNOWN, Calibration, Knot, confidence, current
from signals.strategies.proposal import Levels, propose, weighed
from signals.strategies.regime_switch import choppiness
from signals.strategies.tuning import tunables

BY_NAME = {one.name: one for one in ALL}
WAVE = [100 + 2 * math.sin(2 * math.pi * day / 14) for day in range(150)]
FALL = [200 - 0.5 * day + math.sin(day) for day in range(130)]
QUIET = [100 + 4 * math.sin(day / 3) for day in range(120)]
QUIET += [100 + 0.2 * math.sin(day) for day in range(30)]
RISE = [100 + 0.3 * day + 0.6 * math.sin(1.3 * day) for day in range(160)]
LINE = [100 + 0.4 * day for day in range(140)] + [156 - 0.5 * day for day in range(10)]
PLANTED = {
    # the wave's highest high is 102.5: the first close beyond it is the breakout, the next ones are none
    "donchian-breakout-1": ([*WAVE, *(104 + day for day in range(6))], [150]),
    # after a long fall the averages cross on the tenth candle of the rise; ADX has to turn up first
    "ema-trend-2": ([*FALL, *(135 + 1.2 * day for day in range(25))], [142]),
    # three days down out of the band, and back inside on the fourth
    "bollinger-reversion-1": ([*RISE, 143, 138, 132, 137, 141, 145], [163]),
    # a rise, a dip of ten days, and the MACD back over its signal when the rise goes on
    "macd-momentum-1": ([*LINE, *(152 + 1.1 * day for day in range(20))], [155]),
    # thirty quiet days, and the bands leave the channel on the second lively one
    "squeeze-release-1": ([*QUIET, 102, 105, 108, 110], [151]),
    # the same dip in a trend: bought when the close is back over its 20-candle average
    "regime-switch-1": ([*RISE, 143, 138, 132, 137, 141, 145], [165]),
}


def path(closes: Sequence[float], spread: float = 1.0) -> list[Candle]:
    """Return daily candles through ``closes``, each opening where the one before closed."""
    opens = [closes[0], *closes[:-1]]
    return [
        Candle(
            symbol="AAPL",
            timeframe="1d",
            closed_at=CANDLE_AT + timedelta(days=day),
            open=cents(opened),
            high=cents(max(opened, close) + spread / 2),
            low=cents(min(opened, close) - spread / 2),
            close=cents(close),
            volume=1000,
        )
        for day, (opened, close) in enumerate(zip(opens, closes, strict=True))
    ]


def cents(price: float) -> Decimal:
    return Decimal(str(round(price, 2)))


def ideas(strategy: Strategy, candles: Sequence[Candle]) -> dict[int, Idea]:
    series = Series(candles, ())
    found = {at: strategy.decide(series.until(at)) for at in range(len(candles))}
    return {at: idea for at, idea in found.items() if idea is not None}


def on_sixty_fourths(candles: Sequence[Candle]) -> list[Candle]:
    """Return ``candles`` on a grid that floats hold exactly: a tie stays a tie when it is mirrored."""

    def rounded(price: Decimal) -> Decimal:
        return Decimal(round(price * 64)) / 64

    return [
        replace(
            one,
            open=rounded(one.open),
            high=rounded(one.high),
            low=rounded(one.low),
            close=rounded(one.close),
        )
        for one in candles
    ]


def mirrored(candles: Sequence[Candle], around: Decimal) -> list[Candle]:
    """Return ``candles`` upside down: what rose falls, by the same amounts."""
    return [
        replace(
            one,
            open=2 * around - one.open,
            high=2 * around - one.low,
            low=2 * around - one.high,
            close=2 * around - one.close,
        )
        for one in candles
    ]


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_it_fires_where_its_rule_says_and_nowhere_after(name: str) -> None:
    closes, expected = PLANTED[name]

    found = ideas(BY_NAME[name], path(closes))

    assert [at for at in found if at >= 140] == expected
    assert {found[at].side for at in expected} == {"buy"}


def test_every_strategy_has_its_planted_case() -> None:
    assert sorted(PLANTED) == sorted(BY_NAME)
    assert len({one.family for one in ALL}) >= 6


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_mirror_image_gives_the_mirrored_idea(name: str) -> None:
    closes, expected = PLANTED[name]
    candles, strategy = path(closes), BY_NAME[name]

    found, other = (ideas(strategy, one)[expected[0]] for one in (candles, mirrored(candles, Decimal(250))))

    assert (found.side, other.side) == ("buy", "sell")
    assert other.score == pytest.approx(found.score)
    assert other.entry == pytest.approx(500 - found.entry)
    assert other.stop == pytest.approx(500 - found.stop)
    assert other.targets == pytest.approx([500 - one for one in found.targets])


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
@example(seed=68)  # a close that lies on its average
def test_no_rule_prefers_a_side(strategy: Strategy, seed: int) -> None:
    candles = on_sixty_fourths(walk(320, seed=seed))
    around = max(one.high for one in candles)

    found, other = ideas(strategy, candles), ideas(strategy, mirrored(candles, around))

    priced = {at: one for at, one in found.items() if max(one.stop, *one.targets) < 2 * float(around)}
    for at, one in priced.items():
        assert {one.side, other[at].side} == {"buy", "sell"}
        assert other[at].score == pytest.approx(one.score, abs=1e-6)


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), later=st.lists(st.floats(0.8, 1.25), min_size=1, max_size=30))
def test_no_later_candle_changes_a_decision(strategy: Strategy, seed: int, later: list[float]) -> None:
    known = walk(260, seed=seed)
    price, more = float(known[-1].close), []
    for factor in later:
        price = max(1.0, price * factor)
        more.append(price)
    future = [
        replace(one, closed_at=known[-1].closed_at + timedelta(days=1 + day))
        for day, one in enumerate(path(more))
    ]

    alone, followed = Series(known, ()), Series([*known, *future], ())

    for at in range(200, 260):
        assert strategy.decide(alone.until(at)) == strategy.decide(followed.until(at))


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_it_is_silent_before_it_is_warm(strategy: Strategy) -> None:
    for seed in range(12):
        candles = walk(strategy.warm_up - 1, seed=seed)
        assert ideas(strategy, candles) == {}
    assert strategy.warm_up <= WIDTH
    assert any(ideas(strategy, walk(600, seed=seed)) for seed in range(6))


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_an_idea_is_whole_and_explains_itself_with_its_values(strategy: Strategy) -> None:
    for seed in range(6):
        candles = walk(600, seed=seed)
        for at, idea in ideas(strategy, candles).items():
            way = 1 if idea.side == "buy" else -1
            assert idea.entry == float(candles[at].close)
            assert (idea.entry - idea.stop) * way > 0
            assert all((target - idea.entry) * way > 0 for target in idea.targets)
            assert list(idea.targets) == sorted(idea.targets, key=lambda one: abs(one - idea.entry))
            assert 0 <= idea.score <= 1
            assert 1 <= idea.confidence <= 100
            assert idea.life == strategy.horizon
            assert f"{idea.entry:.6g}" in idea.rationale
            assert "nan" not in idea.rationale
            assert len(idea.rationale) > 120


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_a_market_that_stands_still_calls_for_nothing(strategy: Strategy) -> None:
    assert ideas(strategy, path([100.0] * 210, spread=0.0)) == {}
    assert ideas(strategy, path([100.0] * 210)) == {}


def test_a_sideways_market_is_faded_and_the_reason_says_so() -> None:
    found = ideas(BY_NAME["regime-switch-1"], path(QUIET))

    assert "moving sideways" in found[134].rationale
    assert "turned back over its edge" in found[134].rationale
    trend = ideas(BY_NAME["regime-switch-1"], path(PLANTED["regime-switch-1"][0]))[165]
    assert "trending" in trend.rationale
    assert "pullback ended" in trend.rationale


def test_choppiness_is_low_on_a_line_and_high_in_a_crowd() -> None:
    line = Series(path([100.0 + day for day in range(60)], spread=0.0), ()).until(59)
    crowd = Series(path([100.0 + day % 2 for day in range(60)], spread=0.0), ()).until(59)

    # a straight line of 14 true ranges covers 14 of them: log(14 / 14) = 0; the crowd covers one: log(14) / log(14)
    assert choppiness(line) == pytest.approx(0.0, abs=1e-9)
    assert choppiness(crowd) == pytest.approx(100.0)


def test_a_dip_without_a_trend_is_not_bought() -> None:
    closes, _ = PLANTED["bollinger-reversion-1"]
    falling = [float(220 - 0.6 * day + (close - (100 + 0.3 * day))) for day, close in enumerate(closes)]

    assert not [
        at for at, one in ideas(BY_NAME["bollinger-reversion-1"], path(falling)).items() if one.side == "buy"
    ]


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
@settings(max_examples=15)
@given(data=st.data())
def test_whatever_the_prices_are_there_is_an_idea_or_none(strategy: Strategy, data: st.DataObject) -> None:
    price, closes = 100.0, list[float]()
    for step in data.draw(st.lists(st.sampled_from((-3.0, -0.5, 0.0, 0.0, 0.5, 3.0)), min_size=9)):
        price = max(5.0, price + step)
        closes += [price] * 5
    many = (closes * 45)[:WIDTH]
    spread = data.draw(st.sampled_from((0.0, 1.0, 8.0)))

    idea = strategy.decide(Series(path(many, spread), ()).until(len(many) - 1))

    assert idea is None or (math.isfinite(idea.score) and all(math.isfinite(one) for one in idea.targets))


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_what_research_may_vary_is_bounded(strategy: Strategy) -> None:
    varied: Any = strategy
    found = tunables(strategy)
    candles = walk(220, seed=3)
    assert found

    for name, one in found.items():
        assert one.least <= one.default == getattr(strategy, name) <= one.most
        for value in (one.least, one.most):
            kept = round(value) if isinstance(getattr(strategy, name), int) else value
            ideas(replace(varied, **{name: kept}), candles)
        for value in (one.least - 1, one.most + 1, math.nan):
            with pytest.raises(ValueError, match=name):
                replace(varied, **{name: value})


def test_a_search_outside_the_range_is_refused_with_the_range() -> None:
    with pytest.raises(BadGrid, match="entry_channel of donchian-breakout-1 goes from 2 to 100, not 1"):
        tuned(BY_NAME["donchian-breakout-1"], {"entry_channel": 1})


def test_what_is_no_price_or_on_the_wrong_side_is_no_idea() -> None:
    window = Series(path([100.0] * 30), ()).until(29)

    def proposed(stop: float, *targets: float) -> Idea | None:
        return propose("none-1", window, Levels(stop, targets), up=True, score=0.5, life=5, rationale="-")

    assert proposed(95, 105) is not None
    assert proposed(-5, 105) is None
    assert proposed(100, 105) is None
    assert proposed(105, 110) is None
    assert proposed(95, 99) is None


def test_evidence_is_cut_to_its_weight() -> None:
    assert weighed((0.6, 7.0), (0.4, -3.0)) == 0.6
    assert weighed((0.6, 0.5), (0.4, 0.25)) == pytest.approx(0.4)


TABLE = Calibration(
    "test",
    {},
    tuple(np.linspace(-0.98, 0.98, 99)),
    {"one": (Knot(0.2, -0.51, 0.2, 50), Knot(0.6, 0.49, 0.4, 50)), "flat": (Knot(0.5, 0.0, 0.3, 90),)},
)


def test_a_score_is_worth_what_lies_between_its_knots() -> None:
    worth = [TABLE.worth("one", score) for score in (0.0, 0.2, 0.4, 0.6, 1.0)]

    assert [one and one.expected for one in worth] == pytest.approx([-0.51, -0.51, -0.01, 0.49, 0.49])
    assert [one and one.hits for one in worth] == pytest.approx([0.2, 0.2, 0.3, 0.4, 0.4])
    assert [TABLE.confidence("one", score) for score in (0.0, 0.4, 1.0)] == [25, 50, 75]
    assert TABLE.confidence("flat", 0.1) == TABLE.confidence("flat", 0.9) == 50


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([one.name for one in ALL]))
def test_a_higher_score_is_never_less_confident(low: float, high: float, name: str) -> None:
    low, high = sorted((low, high))

    assert 1 <= confidence(name, low) <= confidence(name, high) <= 100


def test_a_strategy_without_a_past_is_not_published() -> None:
    assert confidence("brand-new-1", 1.0) == UNKNOWN <= 75
    assert set(current().strategies) == set(BY_NAME)
