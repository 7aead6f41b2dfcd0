"""A study's finding, its caveats, and the page and paper that say it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import msgspec
import pytest

from builders.research import SmaCross, instrument, random_market, rules
from signals.errors import BadGrid, UnfitBacktest
from signals.research.account import Account, Costs, Sizing
from signals.research.caveats import DISCLAIMER, caveats
from signals.research.deciding import Market, decide
from signals.research.finding import Finding, Study
from signals.research.report import charts, words
from signals.research.report.page import page
from signals.research.report.paper import paper
from signals.research.report.shapes import svg
from signals.research.study import POINTS, Material, conclude, variants
from signals.research.walkforward import Plan
from signals.strategies import Strategy

MARKET = random_market(900, 4)
FIRST, LAST = MARKET.candles[100].closed_at, MARKET.candles[-1].closed_at
STUDY = Study("sma-cross-1", ("AAPL",), "1d", FIRST, LAST, Account(costs=Costs(fee_bps=5)), screened=False)
RULE = SmaCross(horizon=40)


def found(study: Study, market: Market = MARKET, strategy: Strategy = RULE) -> Finding:
    asked, _ = variants(strategy, study)
    decided = [decide(one, market, study.first, study.last) for one in asked]
    return conclude(study, Material(strategy, [market], decided, rules()))


@cache
def plain() -> Finding:
    return found(STUDY)


@cache
def walked() -> Finding:
    return found(replace(STUDY, space={"stop": (0.5, 1.0), "fast": (5.0, 8.0)}, plan=Plan(3, 2)))


def test_a_strategy_is_asked_once_however_many_exits_are_tried() -> None:
    asked, combinations = variants(RULE, replace(STUDY, space={"stop": (1.0, 2.0), "fast": (5.0, 8.0)}))
    assert len(asked) == 2
    assert [one.variant for one in combinations] == [0, 1, 0, 1]


def test_a_finding_survives_the_journey_through_json() -> None:
    raw = msgspec.json.encode(walked())
    assert msgspec.json.decode(raw, type=Finding) == msgspec.json.decode(
        msgspec.json.encode(msgspec.json.decode(raw, type=Finding)), type=Finding
    )
    assert len(raw) < 400_000


def test_nothing_before_the_period_is_traded() -> None:
    assert min(one.decided_at for one in plain().trades) >= FIRST
    assert plain().days[0] == FIRST.date()
    assert len(plain().days) <= POINTS + 1
    assert plain().days[-1] == LAST.date()


def test_a_search_without_a_walk_forward_says_that_it_flatters() -> None:
    searched = found(replace(STUDY, space={"stop": (0.5, 1.0, 2.0)}))
    best = max(one.sharpe or 0.0 for one in searched.tried)
    assert searched.curve.sharpe == best
    assert any("very candles it was chosen by" in one for one in searched.caveats)
    assert not any("very candles" in one for one in walked().caveats)
    assert searched.deflated is not None
    assert searched.curve.probable is not None
    assert searched.deflated <= searched.curve.probable


def test_a_search_that_runs_out_of_time_says_what_it_left_out() -> None:
    study = replace(STUDY, space={"stop": (0.5, 1.0, 2.0)})
    left = iter([True, False])
    decided = [decide(RULE, MARKET, study.first, study.last)]
    short = conclude(study, Material(RULE, [MARKET], decided, rules(), lambda: next(left)))
    assert (len(short.tried), short.planned) == (2, 3)
    assert any("1 of 3 combinations were not tried" in one for one in short.caveats)


def test_what_cannot_be_told_from_noise_is_called_so() -> None:
    assert any("not told from noise" in one for one in plain().caveats)
    free = found(replace(STUDY, account=Account()))
    assert any("Nobody trades like that" in one for one in free.caveats)


@pytest.mark.parametrize("years", [-30, 30])
def test_a_period_without_candles_is_refused(years: int) -> None:
    moved = replace(STUDY, first=FIRST.replace(year=2012 + years), last=FIRST.replace(year=2013 + years))
    with pytest.raises(UnfitBacktest):
        found(moved)


def test_two_currencies_are_refused_as_the_callers_to_mend() -> None:
    other = Market(replace(instrument("MSFT"), currency="INR"), MARKET.candles)
    with pytest.raises(UnfitBacktest, match="currency"):
        conclude(STUDY, Material(RULE, [MARKET, other], [[]], rules()))


def test_a_grid_is_refused_before_anything_is_decided() -> None:
    with pytest.raises(BadGrid):
        variants(RULE, replace(STUDY, space={"colour": (1.0,)}))


@pytest.mark.parametrize("make", [plain, walked], ids=["plain", "walk-forward"])
def test_the_page_stands_alone_and_says_everything(make: Callable[[], Finding]) -> None:
    finding = make()
    text = page(finding)
    assert text.count("<svg") == 3
    assert "<script" not in text
    assert not re.search(r"(src|href)=", text), "it loads nothing"
    assert DISCLAIMER in text
    assert words.percent(finding.curve.net_return) in text
    assert text.count('<tr><td class="t">AAPL') == len(finding.trades)
    assert ("Walk-forward" in text) == bool(finding.choices)


def test_the_page_escapes_what_others_wrote() -> None:
    text = page(replace(plain(), title="<script>alert(1)</script>", description="a & b"))
    assert "<script" not in text
    assert "a &amp; b" in text


@pytest.mark.parametrize("make", [plain, walked], ids=["plain", "walk-forward"])
def test_the_paper_is_a_pdf_and_the_same_each_time(make: Callable[[], Finding]) -> None:
    first = paper(make())
    assert first.startswith(b"%PDF-")
    assert first == paper(make())


def test_a_report_without_a_trade_still_stands() -> None:
    nothing = found(STUDY, strategy=SmaCross(warm_up=10**6))
    assert nothing.trading.count == 0
    assert "0 closed" in page(nothing)
    assert paper(nothing)


@pytest.mark.parametrize(
    ("value", "said"), [(1_250_000, "1.25M"), (980_000, "980k"), (12, "12"), (2e9, "2B"), (0.5, "0.5")]
)
def test_axes_speak_in_short(value: float, said: str) -> None:
    assert charts.short(value) == said


def test_a_short_run_is_labelled_by_months_and_a_flat_one_drawn() -> None:
    short = found(replace(STUDY, last=MARKET.candles[260].closed_at))
    assert re.search(r">[A-Z][a-z]{2} 20\d\d<", svg(charts.equity(short)))
    flat = replace(short, equity=[1e6 for _ in short.equity], underwater=[0.0 for _ in short.underwater])
    assert "polyline" in svg(charts.equity(flat))
    assert "polyline" in svg(charts.underwater(flat))


@pytest.mark.parametrize(
    ("sizing", "said"),
    [
        (Sizing("risk", 0.01), "1.00% of equity at risk"),
        (Sizing("notional", 5000), "5,000 USD a position"),
        (Sizing("equity", 0.5), "50% of equity a position"),
    ],
)
def test_the_setup_says_how_much_was_bought(sizing: Sizing, said: str) -> None:
    study = replace(STUDY, account=Account(sizing=sizing, costs=Costs(1, 2, 3, 0.5)))
    rows = dict(words.setup(replace(plain(), study=study)))
    assert said in rows["Size"]
    assert rows["Costs"] == "1 bps fee, 2 an order, 3 bps slippage, 0.5 ATR slippage"


def test_every_caveat_that_applies_is_said() -> None:
    said = caveats(
        trials=1, planned=1, walked=False, screened=True, trades=3, still_open=2, deflated=0.99, costs=1.0
    )
    assert any("3 closed trades are too few" in one for one in said)
    assert any("2 positions were still open" in one for one in said)
    assert any("confidence was fitted" in one for one in said)
    assert not any("noise" in one for one in said)
    many = caveats(
        trials=1, planned=1, walked=False, screened=True, trades=300, still_open=0, deflated=None, costs=1.0
    )
    assert len(many) == 3


def test_a_long_run_is_labelled_by_years() -> None:
    first = plain().days[0]
    long = [first + timedelta(days=9 * at) for at in range(len(plain().days))]
    assert ">2016<" in svg(charts.equity(replace(plain(), days=long)))
