"""An order, worked off in tasks that may break off anywhere and run again: one finding, one end."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import msgspec
import pytest

from builders.backtests import CANDLES, RULE, SEARCH, WANTED, Lab
from builders.research import REFERENCE, instrument, rules, utc
from builders.signals import NOW
from signals.errors import (
    BacktestEnded,
    BacktestNotFound,
    BadGrid,
    ReportNotReady,
    TooManyBacktests,
    UnfitBacktest,
)
from signals.model.backtest import BEGINS_AT, BacktestId, Wanted
from signals.model.market import Instrument
from signals.ports import Reference
from signals.research.deciding import Market, decide
from signals.research.finding import Finding
from signals.research.study import Material, conclude, variants
from signals.research.wanted import study_of


def directly(wanted: Wanted) -> Finding:
    """Return the finding without slices, books or machines."""
    study, strategy = study_of(wanted, REFERENCE, (RULE,))
    market = Market(instrument(), CANDLES[50:])
    decided = [decide(one, market, study.first, study.last) for one in variants(strategy, study)[0]]
    return conclude(study, Material(strategy, [market], decided, rules(screened=wanted.screened)))


@pytest.mark.parametrize("wanted", [WANTED, SEARCH], ids=["plain", "search and walk-forward"])
def test_the_machines_work_comes_to_what_one_pass_comes_to(wanted: Wanted) -> None:
    lab = Lab(slice_of=37)
    made = lab.order(wanted)
    lab.run(made)
    text = lab.front.finding("me", made.id)
    plain = msgspec.json.decode(msgspec.json.encode(directly(wanted)), type=Finding)
    assert msgspec.json.decode(text, type=Finding) == plain
    assert plain.trading.count > 3
    ended = lab.read(made)
    assert (ended.status, ended.percent) == ("done", 100)
    assert set(lab.archive.kept) == {(made.id, "html"), (made.id, "pdf")}


def test_tasks_that_run_twice_change_nothing() -> None:
    lab = Lab()
    made = lab.order()
    lab.run(made)
    kept = dict(lab.archive.kept)
    finding = lab.book.finding(made.id)
    lab.run(made)
    assert lab.back.report(made.id) == "ended"
    assert (lab.archive.kept, lab.book.finding(made.id)) == (kept, finding)


def test_progress_never_falls_and_tells_the_step() -> None:
    lab = Lab(slice_of=100)
    made = lab.order(SEARCH)
    seen = [lab.read(made).percent]
    numbers = lab.back.plan(made.id)
    for number in [*numbers, numbers[0]]:
        lab.back.decide(made.id, number)
        seen.append(lab.read(made).percent)
    lab.back.plan(made.id)
    lab.back.conclude(made.id)
    seen.append(lab.read(made).percent)
    lab.back.report(made.id)
    seen.append(lab.read(made).percent)
    assert seen == sorted(seen)
    assert (seen[0], seen[len(numbers)], seen[-1]) == (0, BEGINS_AT["concluding"], 100)


def test_a_worker_killed_in_the_middle_is_driven_again() -> None:
    lab = Lab(slice_of=100)
    made = lab.order()
    assert lab.machine.started == [made.id]
    lab.back.decide(made.id, lab.back.plan(made.id)[0])
    assert lab.back.resume() == 0, "somebody was at it a moment ago"
    lab.at += timedelta(minutes=5)
    assert lab.back.resume() == 1
    assert lab.machine.started == [made.id, f"{made.id}-1"]
    lab.run(made)
    assert lab.read(made).status == "done"


def test_a_lost_start_is_made_up_for_by_the_schedule() -> None:
    lab = Lab()
    made = lab.order()
    lab.machine.started.clear()
    lab.at += timedelta(minutes=5)
    assert lab.back.resume() == 1
    assert lab.machine.started == [made.id]


def test_what_breaks_off_again_and_again_has_failed() -> None:
    lab = Lab()
    made = lab.order()
    for _ in range(6):
        lab.at += timedelta(minutes=5)
        lab.back.resume()
    assert lab.read(made).status == "failed"
    assert "five times" in lab.read(made).reason


def test_a_cancelled_order_stops_at_the_next_step() -> None:
    lab = Lab()
    made = lab.order()
    numbers = lab.back.plan(made.id)
    assert lab.front.cancel("me", made.id).status == "cancelled"
    assert lab.front.cancel("me", made.id).status == "cancelled"
    lab.back.decide(made.id, numbers[0])
    assert lab.book.slices(made.id)[0].decided is None
    assert lab.back.plan(made.id) == []
    assert (lab.back.conclude(made.id), lab.back.report(made.id)) == ("ended", "ended")
    assert lab.archive.kept == {}


def test_what_is_done_cannot_be_cancelled() -> None:
    lab = Lab()
    made = lab.order()
    lab.run(made)
    with pytest.raises(BacktestEnded):
        lab.front.cancel("me", made.id)


def test_an_order_is_nobody_elses() -> None:
    lab = Lab()
    made = lab.order()
    lab.run(made)
    for ask in (lab.front.backtest, lab.front.cancel, lab.front.finding):
        with pytest.raises(BacktestNotFound):
            ask("you", made.id)
    with pytest.raises(BacktestNotFound):
        lab.front.link("you", made.id, "pdf")
    assert lab.front.backtests("you", 10, None) == []
    assert [one.id for one in lab.front.backtests("me", 10, None)] == [made.id]


def test_a_report_is_linked_for_five_minutes_once_it_is_there() -> None:
    lab = Lab()
    made = lab.order()
    with pytest.raises(ReportNotReady):
        lab.front.link("me", made.id, "html")
    with pytest.raises(ReportNotReady):
        lab.front.finding("me", made.id)
    lab.run(made)
    found = lab.front.link("me", made.id, "html")
    assert found.url.endswith(f"{made.id}.html?for=300")
    assert found.expires_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (replace(WANTED, strategy="tea-leaves-1"), "one of sma-cross-1"),
        (replace(WANTED, symbols=("ZZZ",)), "no instrument"),
        (replace(WANTED, space={"colour": (1.0,)}), "no parameter"),
        (replace(WANTED, space={"stop": tuple(range(1, 70))}), "69 combinations"),
        (replace(WANTED, space={"fast": tuple(range(2, 12))}), "at most 8"),
    ],
)
def test_what_cannot_be_tested_is_refused_in_words(wanted: Wanted, said: str) -> None:
    with pytest.raises((UnfitBacktest, BadGrid), match=said):
        Lab().order(wanted)


def test_a_period_without_candles_fails_with_its_reason() -> None:
    lab = Lab()
    made = lab.order(replace(WANTED, first=utc(1990, 1, 1), last=utc(1991, 1, 1)))
    lab.run(made)
    assert lab.read(made).status == "failed"
    assert "no 1d candles of AAPL" in lab.read(made).reason


def test_more_than_can_be_decided_is_refused() -> None:
    lab = Lab(most=100)
    made = lab.order()
    assert lab.back.plan(made.id) == []
    assert "ask for less" in lab.read(made).reason


def test_a_conclusion_made_twice_is_made_once() -> None:
    lab = Lab()
    made = lab.order(replace(WANTED, space={"stop": tuple(0.5 + at / 10 for at in range(12))}))
    for number in lab.back.plan(made.id):
        lab.back.decide(made.id, number)
    assert lab.back.conclude(made.id) == "go"
    assert lab.read(made).share > 0.5
    lab.candles._kept.clear()  # a second time nothing is read again
    assert lab.back.conclude(made.id) == "go"
    lab.back.report(made.id)
    assert lab.read(made).status == "done"


def test_two_currencies_are_refused_at_the_door() -> None:
    class Both:
        def instrument(self, symbol: str) -> Instrument:
            currency = "INR" if symbol == "MSFT" else "USD"
            return replace(instrument(), symbol=symbol, currency=currency)

    both = cast("Reference", Both())
    with pytest.raises(UnfitBacktest, match="one currency"):
        study_of(replace(WANTED, symbols=("AAPL", "MSFT")), both, (RULE,))


def test_a_search_that_would_take_too_long_is_refused() -> None:
    lab = Lab(most_steps=1000)
    made = lab.order(SEARCH)
    assert lab.back.plan(made.id) == []
    assert "search less" in lab.read(made).reason


def test_a_finding_that_cannot_be_made_fails_the_order() -> None:
    lab = Lab()
    made = lab.order()
    lab.back.plan(made.id)
    lab.candles._kept.clear()  # the candles were removed meanwhile
    assert lab.back.conclude(made.id) == "ended"
    assert lab.read(made).status == "failed"


def test_only_three_are_at_work_at_once() -> None:
    lab = Lab()
    for _ in range(3):
        lab.order()
    with pytest.raises(TooManyBacktests):
        lab.order()
    lab.order(owner="you")


def test_a_task_about_nothing_is_refused() -> None:
    with pytest.raises(BacktestNotFound):
        Lab().back.plan(BacktestId("01890000-0000-7000-8000-000000000000"))
