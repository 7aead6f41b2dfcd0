"""Parameters are chosen on what lies before, never on what they are judged by; the search is bounded."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from builders.research import SmaCross, random_market, rules, utc
from signals.errors import BadGrid
from signals.model.market import Candle
from signals.research.account import Account
from signals.research.deciding import Decided, decide
from signals.research.search import Exits, grid, tuned, until_spent, vary
from signals.research.walkforward import Plan, Trial, Walker, folds
from signals.strategies import ALL, Idea

START, END = utc(2010, 1, 1), utc(2016, 1, 1)
IDEA = Idea("sell", 100.0, 104.0, (90.0, 80.0), 80, 10, "why")


def walker(*, spoiled: bool = False) -> Walker:
    market = random_market(900, 5)
    if spoiled:  # the last third becomes another market, which only a test piece may see
        cut = len(market.candles) * 2 // 3
        market = replace(market, candles=[*market.candles[:cut], *map(_doubled, market.candles[cut:])])
    rule = SmaCross(horizon=30)
    found = decide(rule, market)
    trials = []
    for params in grid({"stop": [0.5, 1.0, 2.0], "targets": [0.5, 1.0, 2.0]}):
        _, exits = tuned(rule, params)
        trials.append(Trial(params, [*vary(found, exits)]))
    return Walker([market], trials, rule.name, Account(), rules())


def _doubled(one: Candle) -> Candle:
    return replace(one, open=one.open * 2, high=one.high * 2, low=one.low * 2, close=one.close * 2)


def steps(walk: Walker, plan: Plan) -> list[object]:
    candles = walk.markets[0].candles
    cuts = folds(candles[0].closed_at, candles[-1].closed_at, plan)
    return [*walk.walk(cuts)[1]]


def test_folds_cover_the_period_and_never_train_on_their_test() -> None:
    found = folds(START, END, Plan(folds=4, train=2))
    assert (found[0].train_from, found[-1].test_to) == (START, END)
    for fold, later in pairwise(found):
        assert fold.train_from < fold.test_from < fold.test_to
        assert later.test_from == fold.test_to
        assert later.train_from > fold.train_from
    assert all(one.train_from == START for one in folds(START, END, Plan(folds=4, expanding=True)))


def test_a_choice_does_not_change_when_the_future_does() -> None:
    plan = Plan(folds=3, train=3)
    before, after = steps(walker(), plan), steps(walker(spoiled=True), plan)
    assert before[0] == after[0], "the first fold ends before the spoiled part"
    assert before[-1] != after[-1], "the last one lies in it"


def test_what_is_reported_is_out_of_sample_only() -> None:
    walk = walker()
    candles = walk.markets[0].candles
    cuts = folds(candles[0].closed_at, candles[-1].closed_at, Plan(folds=3, train=2, expanding=True))
    heard: list[int] = []
    run, choices = walk.walk(cuts, heard.append)
    assert heard == [1, 2, 3]
    assert run.times[0] >= cuts[0].test_from
    assert min(one.decided_at for one in run.trades) >= cuts[0].test_from
    assert all(one.trained is not None for one in choices)


def test_without_enough_trades_to_judge_by_the_first_trial_stands() -> None:
    market = random_market(300, 3)
    quiet = [Trial({"stop": 1.0}, []), Trial({"stop": 2.0}, [])]
    walk = Walker([market], quiet, "quiet-1", Account(), rules())
    cuts = folds(market.candles[0].closed_at, market.candles[-1].closed_at, Plan(folds=2))
    assert [one.params for one in walk.walk(cuts)[1]] == [{"stop": 1.0}] * 2


def test_a_grid_is_every_combination_once() -> None:
    assert grid({"stop": [1, 2, 2], "life": [1, 3]}) == [
        {"stop": 1, "life": 1},
        {"stop": 1, "life": 3},
        {"stop": 2, "life": 1},
        {"stop": 2, "life": 3},
    ]
    assert grid({}) == [{}]


@pytest.mark.parametrize("space", [{"stop": []}, {"stop": [*range(9)], "life": [*range(9)]}])
def test_a_grid_without_or_with_too_many_combinations_is_refused(space: dict[str, list[float]]) -> None:
    with pytest.raises(BadGrid, match="combinations"):
        grid(space)


def test_a_strategys_own_fields_can_be_searched() -> None:
    changed, exits = tuned(SmaCross(), {"fast": 7.0, "stop": 1.5})
    assert (changed, exits) == (SmaCross(fast=7), Exits(stop=1.5))
    assert tuned(SmaCross(), {})[0] == SmaCross()


@pytest.mark.parametrize("params", [{"colour": 1.0}, {"stop": 0.0}, {"life": -1.0}])
def test_a_parameter_nobody_has_is_refused_by_name(params: dict[str, float]) -> None:
    with pytest.raises(BadGrid):
        tuned(ALL[0], params)


def test_exits_move_levels_away_from_the_entry() -> None:
    wider = Exits(stop=2, targets=0.5, life=0.5).vary(IDEA)
    assert wider is not None
    assert (wider.stop, wider.targets, wider.life) == (108.0, (95.0, 90.0), 5)
    assert Exits(confidence=81).vary(IDEA) is None
    assert Exits(targets=20).vary(IDEA) is None, "no price lies below nothing"
    assert Exits().vary(IDEA) is IDEA


def test_a_search_ends_with_its_time() -> None:
    left = iter([True, False])
    assert [*until_spent([{"stop": at} for at in (1.0, 2.0, 3.0)], lambda: next(left))] == [
        {"stop": 1.0},
        {"stop": 2.0},
    ]


@dataclass(frozen=True)
class Strict(SmaCross):
    """Says what its fields may be."""

    def __post_init__(self) -> None:
        if self.fast >= self.slow:
            raise ValueError("the fast average is the shorter one")


def test_a_value_the_strategy_refuses_is_refused_in_its_words() -> None:
    assert tuned(Strict(), {"fast": 6.0})[0] == Strict(fast=6)
    with pytest.raises(BadGrid, match="shorter"):
        tuned(Strict(), {"fast": 30.0})


def test_what_is_not_confident_enough_is_left_out() -> None:
    found = [Decided("AAPL", START, IDEA), Decided("AAPL", END, replace(IDEA, confidence=90))]
    assert [one.at for one in vary(found, Exits(confidence=85))] == [END]
