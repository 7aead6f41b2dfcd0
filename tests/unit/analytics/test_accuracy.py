"""Accuracy counts as the record of signals counts, and nothing can leave a month by ending late."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analytics.model import reports
from analytics.model.accuracy import Accuracy, wilson
from analytics.model.counting import counted
from analytics.model.days import day_of, month_of, name_of
from analytics.model.facts import Fact
from analytics.service.facts import ACCEPT, fact_of
from builders.facts import cancelled, closed, published
from builders.figures import lives, seeded
from builders.signals import NOW
from kit.events import Event
from signals.model.performance import figures
from signals.model.performance import wilson as theirs
from signals.service.performance import trade_of


def came_to(signals: list[list[Event[Any]]]) -> list[tuple[str, str, Accuracy]]:
    sums: dict[tuple[Any, Any, str], int] = defaultdict(int)
    for told in signals:
        known: list[Fact] = [fact for one in told if (fact := fact_of(one))]
        for key, amount in counted(known).items():
            sums[month_of(key.day), key.measure, key.label] += amount
    return [*reports.accuracies(reports.Total(*key, amount) for key, amount in sums.items())]


@given(st.integers(0, 2**32))
def test_wins_are_counted_as_the_record_of_signals_counts_them(seed: int) -> None:
    chance = seeded(seed)
    signals = [one for one in lives(chance, 8) if one[0].type.startswith("signal.")]
    trades = [trade for one in signals if (trade := trade_of(one))]
    found = came_to(signals)
    assert sum(one.published + one.voided for _, _, one in found) == len(trades)
    for strategy, month, ours in found:
        of_month = [
            one
            for one in trades
            if one.strategy == strategy and name_of(month_of(day_of(one.counted_at))) == month
        ]
        wanted = figures(of_month)
        assert (ours.published, ours.open, ours.closed) == (wanted.published, wanted.open, wanted.closed)
        assert (ours.won, ours.lost, ours.voided, ours.recalled) == (
            wanted.won,
            wanted.lost,
            wanted.voided,
            wanted.recalled,
        )
        assert (ours.win_rate, ours.low, ours.high) == (
            wanted.win_rate,
            wanted.win_rate_low,
            wanted.win_rate_high,
        )
        if all(one.r is not None for one in of_month if one.state not in {"open", "voided"}):
            assert ours.average_r == pytest.approx(wanted.average_r)


def test_the_interval_is_the_one_signals_publishes() -> None:
    assert [wilson(won, 20) for won in range(21)] == [theirs(won, 20) for won in range(21)]


def test_an_end_counts_in_the_month_of_the_publication() -> None:
    told = published(published_at=NOW)
    ended = closed(told, "90", "stopped", closed_at=NOW + timedelta(days=90))
    assert [(month, one.lost) for _, month, one in came_to([[told, ended]])] == [
        (name_of(month_of(day_of(NOW))), 1)
    ]


def test_nothing_counts_before_it_is_promised_and_a_second_end_is_none() -> None:
    told = published()
    assert came_to([[closed(told, "110")]]) == []
    [(_, _, one)] = came_to([[told, closed(told, "110"), replace(cancelled(told, "90"), version=9)]])
    assert (one.closed, one.won, one.lost) == (1, 1, 0)


def test_without_a_risk_it_is_closed_and_neither_won_nor_lost() -> None:
    told = published(stop=published().data.entry)
    [(_, _, one)] = came_to([[told, closed(told, "110")]])
    assert (one.closed, one.won, one.lost, one.r) == (1, 0, 0, 0)


def test_where_nothing_ended_there_is_no_rate() -> None:
    [(_, _, one)] = came_to([[published()]])
    assert (one.win_rate, one.low, one.high, one.average_r) == (None, None, None, None)


def test_every_event_that_counts_is_of_a_topic_we_read() -> None:
    assert {kind.TOPIC for kind in ACCEPT.values()} == {"payment-events", "trading-signals", "reader-events"}
