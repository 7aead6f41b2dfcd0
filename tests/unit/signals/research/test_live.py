"""The promise of the engine: a backtest publishes the signals, and ends them, as the live use cases do."""

from dataclasses import replace
from typing import cast

import pytest

from builders.research import recorded, rules
from builders.signals import DESK, World
from signals import policies
from signals.adapters.memory import MemorySignalBook
from signals.model.signal import Signal, SignalId
from signals.research.deciding import Market, decide
from signals.research.desk import Order, Publisher
from signals.strategies import ALL, Strategy

# a split of Apple lies in the stretch
STRETCH = recorded("us-equities-1d", "AAPL", 700, 700)


def publish(strategy: Strategy, market: Market, *, screened: bool) -> dict[SignalId, Order]:
    made = rules(screened=screened)
    maker = Publisher(
        market,
        strategy=strategy.name,
        desk=DESK,
        compliance=made.compliance,
        screening=made.screening,
        record=[],
        wants_range=False,
    )
    index = {one.closed_at: at for at, one in enumerate(market.candles)}
    orders = [maker.publish(index[one.at], one.idea) for one in decide(strategy, market)]
    return {one.signal.id: one for one in orders if isinstance(one, Order)}


def live(strategies: tuple[Strategy, ...], *, publishing: bool) -> dict[SignalId, Signal]:
    """Return every signal the market consumer drafts, in its last state; published at once if asked."""
    known = policies.load()
    nobody_asked = tuple(replace(one, approve_by_rule_from=1) for one in known.screening)
    world = World(rules=replace(known, screening=nobody_asked))
    watching = replace(world.watching, strategies=strategies)
    book = cast("MemorySignalBook", world.book)
    for candle in STRETCH.candles:
        watching.take({candle: None})
        for one in [one for one in book._kept.values() if publishing and one.status == "draft"]:
            world.run(one)
    return dict(book._kept)


def test_a_backtest_drafts_what_the_market_consumer_drafts() -> None:
    drafted = {
        order.signal.id: order.terms
        for strategy in ALL
        for order in publish(strategy, STRETCH, screened=False).values()
    }
    assert len(drafted) > 5
    assert drafted == {one.id: one.terms for one in live(tuple(ALL), publishing=False).values()}


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.name)
def test_a_backtest_screens_and_ends_signals_as_they_are_live(strategy: Strategy) -> None:
    published = publish(strategy, STRETCH, screened=True)
    known = live((strategy,), publishing=True)
    assert set(published) == {one.id for one in known.values() if one.published_at is not None}
    assert len(published) <= len(known)
    for one in published.values():
        real, ended = known[one.signal.id], one.ended
        if ended is None:
            assert real.status == "live"
            continue
        assert (real.status, real.exit_price, real.closed_at) == (ended.ending, ended.exit_price, ended.at)
        assert (real.mfe, real.mae) == (ended.mfe, ended.mae)


def test_the_stretch_has_signals_that_pass_and_signals_that_do_not() -> None:
    for strategy in ALL[2:4]:
        passed = publish(strategy, STRETCH, screened=True)
        assert 0 < len(passed) < len(publish(strategy, STRETCH, screened=False))
