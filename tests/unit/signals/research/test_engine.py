"""What a simulated account does with a signal: fills, costs, sizes, and what it does not trade."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.research import instrument, market_of, random_market, rules
from builders.signals import candle, walk
from signals.model.market import Candle, Split
from signals.model.protection import StopGuard
from signals.research.account import Account, Costs, Sizing
from signals.research.deciding import Decided, Market, decide, spans
from signals.research.engine import simulate
from signals.research.trades import Run
from signals.strategies import ALL, Idea

FIXED = Account(cash=10_000.0, sizing=Sizing("notional", 1000.0))
BUY = Idea("buy", 100.0, 95.0, (110.0,), 90, 20, "why")
SELL = Idea("sell", 100.0, 105.0, (90.0,), 90, 20, "why")
QUIET = candle(0, 99, 101)


def trade(idea: Idea, later: Sequence[Candle], account: Account = FIXED, splits: Sequence[Split] = ()) -> Run:
    market = Market(market_of([]).instrument, [QUIET, *later], splits)
    return simulate([market], [Decided("AAPL", QUIET.closed_at, idea)], "test-1", account, rules())


def test_an_order_fills_at_the_next_open_and_ends_at_its_target() -> None:
    run = trade(BUY, [candle(1, 99, 103), candle(2, 104, 112)])
    only = run.trades[0]
    assert (only.quantity, only.entry, only.exit, only.ending) == (9, 101.0, 110.0, "target_hit")
    assert run.equity == [10_000.0, 10_000.0, 10_000.0 + 9 * 9]
    assert (only.net, only.candles) == (81.0, 2)
    assert only.r == pytest.approx(9 / 5)


def test_equity_is_marked_at_each_close() -> None:
    run = trade(BUY, [candle(1, 99, 101), candle(2, 101, 105)])
    assert (run.still_open, run.trades) == (1, [])
    assert run.equity == [10_000.0, 10_000.0, 10_000.0 + 10 * 3]
    assert run.exposed == [0.0, 1000.0, 1030.0]


def test_a_fall_pays_who_sold() -> None:
    run = trade(SELL, [candle(1, 99, 101), candle(2, 88, 98)])
    assert (run.trades[0].ending, run.equity[-1]) == ("target_hit", 10_000.0 + 10 * 10)


def test_a_gap_through_the_stop_costs_more_than_the_stop() -> None:
    run = trade(BUY, [candle(1, 99, 101), candle(2, 88, 92)])
    assert (run.trades[0].ending, run.trades[0].exit) == ("stopped", 90.0)
    assert run.trades[0].r == pytest.approx(-2)


def test_what_opens_beyond_the_stop_is_not_bought() -> None:
    run = trade(BUY, [candle(1, 80, 94)])
    assert run.skipped == {"missed: opened beyond the stop or the target": 1}
    assert run.equity[-1] == 10_000.0


def test_costs_are_fees_and_slippage_and_a_target_slips_not() -> None:
    costs = Costs(fee_bps=10, fee_per_order=1.0, slippage_bps=100)
    account = replace(FIXED, costs=costs)
    won = trade(BUY, [candle(1, 99, 101), candle(2, 104, 112)], account).trades[0]
    assert (won.entry, won.exit, won.quantity) == (101.0, 110.0, 9)
    fees = 2 * 1.0 + (9 * 101 + 9 * 110) * 0.001
    assert won.gross == 90.0
    assert won.costs == pytest.approx(fees + 9 * 1.0)
    lost = trade(BUY, [candle(1, 99, 101), candle(2, 94, 98)], account).trades[0]
    assert lost.exit == pytest.approx(95 * 0.99)


def test_slippage_may_follow_the_average_range() -> None:
    history = walk(40)
    market = market_of(history)
    at = history[30]
    entry = float(at.close)
    idea = Idea("buy", entry, entry * 0.5, (entry * 2,), 90, 400, "why")
    account = replace(FIXED, costs=Costs(slippage_atr=0.5))
    run = simulate([market], [Decided("AAPL", at.closed_at, idea)], "test-1", account, rules())
    assert run.still_open == 1
    assert run.costs > 0
    early = simulate([market], [Decided("AAPL", history[3].closed_at, idea)], "t", account, rules())
    assert early.costs == 0, "there is no range yet"


def test_the_risk_at_the_stop_sizes_a_position_and_leverage_bounds_it() -> None:
    later = [candle(1, 99, 101), candle(2, 94, 98)]
    small = trade(BUY, later, Account(cash=10_000, sizing=Sizing("risk", 0.01))).trades[0]
    assert (small.quantity, small.net) == (20, -100.0)
    large = trade(BUY, later, Account(cash=10_000, sizing=Sizing("risk", 0.5))).trades[0]
    assert large.quantity == 100
    double = Account(cash=10_000, sizing=Sizing("risk", 0.5), leverage=2)
    assert trade(BUY, later, double).trades[0].quantity == 200
    none = trade(BUY, later, Account(cash=50, sizing=Sizing("risk", 0.01)))
    assert none.skipped == {"too small, or no cash left": 1}
    part = trade(BUY, later, Account(cash=50, sizing=Sizing("risk", 0.01, lot=0))).trades[0]
    assert part.quantity == pytest.approx(0.1)


def test_one_position_an_instrument_at_a_time() -> None:
    quiet = [candle(at, 99, 101) for at in range(1, 4)]
    market = market_of([QUIET, *quiet])
    asked = [Decided("AAPL", one.closed_at, BUY) for one in (QUIET, quiet[0])]
    run = simulate([market], asked, "test-1", FIXED, rules())
    assert (run.still_open, run.skipped) == (1, {"a position is open": 1})
    assert simulate([market], asked, "test-1", replace(FIXED, at_once=2), rules()).still_open == 2


def test_a_split_while_a_position_is_open_changes_nothing() -> None:
    halved = [candle(1, 49.5, 50.5), candle(2, 52, 56)]
    split = Split("AAPL", halved[0].closed_at.date(), Decimal(2))
    run = trade(BUY, halved, splits=[split])
    assert (run.trades[0].exit, run.trades[0].net) == (110.0, 100.0)
    assert run.equity == [10_000.0, 10_000.0, 10_100.0]


def test_screening_keeps_out_what_live_screening_keeps_out() -> None:
    market = market_of([QUIET, candle(1, 99, 101), candle(2, 99, 101)])
    weak = [Decided("AAPL", QUIET.closed_at, replace(BUY, confidence=60))]
    run = simulate([market], weak, "test-1", FIXED, rules(screened=True))
    assert run.skipped == {"screened out: confidence too low": 1}
    twice = [Decided("AAPL", one.closed_at, BUY) for one in market.candles[:2]]
    run = simulate([market], twice, "test-1", FIXED, rules(screened=True))
    assert (run.signals, run.skipped) == (1, {"screened out: duplicate": 1})


def test_a_level_that_rounds_to_nothing_is_off_the_grid() -> None:
    assert trade(replace(BUY, stop=0.001), [candle(1, 99, 101)]).skipped == {"off the price grid": 1}


def test_markets_share_the_cash() -> None:
    first, second = market_of(walk(300, 1)), Market(market_of([], "MSFT").instrument, walk(300, 2, "MSFT"))
    found = [one for market in (first, second) for one in decide(ALL[0], market)]
    run = simulate([first, second], found, ALL[0].name, Account(), rules())
    assert {one.symbol for one in run.trades} == {"AAPL", "MSFT"}
    assert len(run.times) == 300


def test_two_currencies_are_refused() -> None:
    other = Market(replace(market_of([]).instrument, symbol="X", currency="INR"), [])
    with pytest.raises(ValueError, match="one currency"):
        simulate([market_of([]), other], [], "test-1", FIXED, rules())


@settings(max_examples=25)
@given(
    seed=st.integers(1, 10**6), fee=st.floats(0, 30), slip=st.floats(0, 30), lot=st.sampled_from([0.0, 1.0])
)
def test_money_is_neither_made_nor_lost(seed: int, fee: float, slip: float, lot: float) -> None:
    """Whatever happens, the curve ends at the start plus what the trades netted."""
    market = random_market(260, seed)
    account = Account(
        costs=Costs(fee_bps=fee, slippage_bps=slip, fee_per_order=fee), sizing=Sizing(lot=lot), at_once=3
    )
    run = simulate([market], decide(ALL[0], market), ALL[0].name, account, rules())
    if not run.still_open:
        assert run.equity[-1] == pytest.approx(run.start + sum(one.net for one in run.trades))
    assert sum(one.costs for one in run.trades) <= run.costs + 1e-6
    assert max(run.exposed, default=0) <= max(run.equity) * 1.5


@settings(max_examples=15)
@given(most=st.integers(1, 300))
def test_a_span_decided_in_parts_decides_the_same(most: int) -> None:
    market = random_market(420)
    times = [one.closed_at for one in market.candles]
    whole = decide(ALL[0], market, times[250], times[-1])
    parts = []
    for span in spans(times, times[250], times[-1], most):
        known = [one for one in market.candles if span.known_from <= one.closed_at <= span.last]
        parts += decide(ALL[0], market_of(known), span.first, span.last)
    assert parts == whole
    assert whole


def test_screening_rests_what_loses_as_live_screening_does() -> None:
    falls = [one for at in range(12) for one in (candle(20 * at, 99, 101), candle(20 * at + 1, 90, 94))]
    market = market_of(falls)
    asked = [Decided("AAPL", one.closed_at, BUY) for one in falls[::2]]
    made = rules(screened=True)
    assert made.screening is not None
    guard = replace(made.screening.protection, instrument_stops=StopGuard(3, 60, 50))
    run = simulate(
        [market],
        asked,
        "test-1",
        FIXED,
        replace(made, screening=replace(made.screening, protection=guard)),
    )
    assert run.skipped["screened out: stop guard instrument"] > 0


def test_protections_count_the_signals_of_every_instrument() -> None:
    first = market_of([QUIET, candle(1, 99, 101)])
    second = Market(instrument("MSFT"), [replace(one, symbol="MSFT") for one in first.candles])
    asked = [Decided(one.symbol, QUIET.closed_at, BUY) for one in (first, second)]
    made = rules(screened=True)
    assert made.screening is not None
    one_a_day = replace(made.screening, protection=replace(made.screening.protection, a_day=1))
    run = simulate([first, second], asked, "test-1", FIXED, replace(made, screening=one_a_day))
    assert (run.signals, run.skipped) == (1, {"screened out: daily limit": 1})


def test_without_candles_nothing_happens() -> None:
    run = simulate([market_of([])], [], "test-1", FIXED, rules())
    assert (run.times, run.equity, run.trades) == ([], [], [])


def test_what_cannot_be_paid_is_no_quantity() -> None:
    assert Sizing().whole(-1.0) == 0.0
