"""Figures: every promise counts, in R, with its interval; nothing but facts goes in."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.facts import cancelled, closed, published, recalled, voided
from builders.signals import NOW
from kit.events import Event
from signals import bootstrap
from signals.adapters.memory.performance import MemoryPerformanceBook
from signals.errors import PerformanceNotVerified
from signals.model.performance import Figures, Trade, figures, grouped, wilson
from signals.ports import TradeQuery
from signals.service.performance import Performance, Verification, trade_of

Facts = list[Event[Any]]


def story() -> Facts:
    """Return two wins (2 R, 0.4 R), three losses (-1 R, -1 R at no price, -1.2 R), one open, one void."""
    a, b, c, d, e = (published() for _ in range(5))
    return [
        *(a, closed(a, "110")),
        *(b, closed(b, "95", "stopped")),
        *(c, cancelled(c)),
        *(d, closed(d, "94", "stopped"), recalled(d)),
        *(e, closed(e, "102", "expired")),
        published(),
        voided(),
    ]


def trades_of(facts: Sequence[Event[Any]]) -> list[Trade]:
    book = MemoryPerformanceBook()
    for fact in facts:
        book.take(fact, trade_of)
    return book.trades(TradeQuery())


def test_every_promise_counts_and_a_void_is_never_a_win() -> None:
    found = figures(trades_of(story()))

    assert (found.published, found.open, found.closed, found.voided, found.recalled) == (6, 1, 5, 1, 1)
    assert (found.won, found.lost, found.win_rate) == (2, 3, 2 / 6)
    assert found.average_r == pytest.approx(-0.16)
    assert found.expectancy_r == pytest.approx(-0.8 / 6)
    assert found.profit_factor == pytest.approx(2.4 / 3.2)
    assert (found.mfe_r, found.mae_r) == (2.0, 0.5)
    assert found.longest_losing_run == 3
    assert found.deepest_fall_r == pytest.approx(3.2)
    assert found.outcomes == {
        "cancelled": 1,
        "expired": 1,
        "open": 1,
        "stopped": 2,
        "target_hit": 1,
        "voided": 1,
    }


def test_a_sale_gains_when_the_price_falls() -> None:
    sold = published(side="sell", entry=Decimal(100), stop=Decimal(104), targets=(Decimal(90),))

    assert [one.r for one in trades_of([sold, closed(sold, "92")])] == [Decimal(2)]


def test_a_signal_ended_by_a_person_counts_by_the_market_price_and_without_one_as_a_full_loss() -> None:
    priced, silent = published(), published()

    found = {
        one.signal_id: one.r
        for one in trades_of([priced, cancelled(priced, "102.5"), silent, cancelled(silent)])
    }

    assert found == {priced.subject: Decimal("0.5"), silent.subject: Decimal(-1)}


def test_nothing_was_promised_nothing_is_counted() -> None:
    assert figures([]) == Figures(outcomes={})
    assert trade_of([closed(published(), "110")]) is None
    assert trade_of([]) is None


def test_a_first_end_stands() -> None:
    one = published()
    late = msgspec.structs.replace(cancelled(one, "50"), version=5)

    assert [t.state for t in trades_of([late, one, closed(one, "110")])] == ["target_hit"]


def test_a_promise_without_a_risk_has_no_r() -> None:
    one = published(stop=Decimal(100))

    assert [t.r for t in trades_of([one, closed(one, "110")])] == [None]


@given(st.permutations(range(13)))
def test_facts_give_the_same_figures_in_any_order_and_however_often(order: list[int]) -> None:
    facts = story()
    shuffled = [facts[index] for index in order]

    assert figures(trades_of(shuffled + shuffled[::2])) == figures(trades_of(facts))


def test_a_rebuild_gives_what_counting_one_by_one_gave() -> None:
    book, facts = MemoryPerformanceBook(), story()
    for fact in facts:
        book.take(fact, trade_of)
    one_by_one = sorted(book.trades(TradeQuery()), key=lambda one: one.signal_id)

    assert book.rebuild(trade_of) == 7
    assert sorted(book.trades(TradeQuery()), key=lambda one: one.signal_id) == one_by_one


def test_wilsons_interval_is_the_published_one() -> None:
    """Brown, Cai and DasGupta (2001); Newcombe (1998) table I gives 81 of 263: 0.2553 to 0.3662."""
    published_intervals = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (won, of), interval in published_intervals.items():
        assert wilson(won, of) == pytest.approx(interval, abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilsons_interval_holds_the_share_and_stays_within_0_and_1(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)

    assert 0 <= low <= pair[0] / pair[1] <= high <= 1


def test_groups_add_up_to_the_whole() -> None:
    chance = random.Random(4)  # noqa: S311 - a repeatable choice, no secret
    facts: Facts = []
    for number in range(60):
        one = published(strategy=f"s-{number % 3}", symbol=chance.choice(["AAPL", "MSFT"]))
        facts += [one, closed(one, str(chance.choice([95, 98, 104, 110])))]
    trades = trades_of(facts)

    for by in ("strategy", "symbol", "analyst", "timeframe"):
        groups = grouped(trades, by)
        assert sum(one.published for one in groups.values()) == 60
        assert sum(one.won for one in groups.values()) == figures(trades).won
    assert [*grouped(trades, "strategy")] == ["s-0", "s-1", "s-2"]
    assert grouped(trades, None) == {"": figures(trades)}


def reading(verification: Verification) -> Performance:
    performance = Performance(MemoryPerformanceBook(), verification, lambda: NOW + timedelta(days=1))
    for days in (0, 40, 100, 400):
        one = published(published_at=NOW - timedelta(days=days))
        performance.take(one)
        performance.take(closed(one, "110"))
    return performance


def test_figures_are_nobodys_before_they_are_verified_but_staffs() -> None:
    performance = reading(Verification())

    with pytest.raises(PerformanceNotVerified):
        performance.read(TradeQuery(), "all", None, staff=False)

    found = performance.read(TradeQuery(), "all", None, staff=True)
    assert (found.groups[""].published, found.verified) == (4, False)


@pytest.mark.parametrize(
    ("by", "since"),
    [("an agency", ""), ("", "2026-01-01T00:00:00Z"), ("an agency", "2026-01-01T00:00:00"), ("a", "soon")],
)
def test_an_agency_without_its_time_verifies_nothing(
    by: str, since: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFORMANCE_VERIFIED_BY", by)
    monkeypatch.setenv("PERFORMANCE_VERIFIED_SINCE", since)

    with pytest.raises(ValueError, match=r"PERFORMANCE_VERIFIED_SINCE|isoformat"):
        bootstrap.performance.performance()


def test_a_period_counts_what_was_published_in_it() -> None:
    performance = reading(Verification())

    seen = {
        period: performance.read(TradeQuery(), period, None, staff=True).groups[""].published
        for period in ("30d", "90d", "1y", "all")
    }

    assert seen == {"30d": 1, "90d": 2, "1y": 3, "all": 4}


def test_the_public_sees_nothing_from_before_the_verification_began() -> None:
    performance = reading(Verification("CARE PaRRVA", NOW - timedelta(days=50)))

    found = performance.read(TradeQuery(), "all", None, staff=False)

    assert (found.groups[""].published, found.verified) == (2, True)
    assert performance.read(TradeQuery(), "30d", None, staff=False).groups[""].published == 1
    assert performance.rebuild() == 4
