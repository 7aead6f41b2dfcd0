"""Protections: what loses rests, a day has its measure, and every refusal names its rule and version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.signals import CANDLE_AT, World, signal
from signals import policies
from signals.adapters.memory import MemorySignalBook
from signals.model.protection import DrawdownLock, Past, Protection, StopGuard, risk_multiple
from signals.model.signal import Signal, SignalId
from signals.policies.protection import findings

DAY = timedelta(days=1)
GUARD = StopGuard(stops=3, within=10, rest=5)
IN_FORCE = datetime(2026, 11, 24, 12, tzinfo=UTC)


def past(days_ago: float, r: str = "-1", **changed: object) -> Past:
    """Return a signal that was drafted two days before it closed, ``days_ago`` before the new one."""
    closed = CANDLE_AT - days_ago * DAY
    made = Past(
        signal_id=SignalId(f"past-{days_ago}-{r}"),
        symbol="AAPL",
        strategy="ema-trend-1",
        candle_at=closed - 2 * DAY,
        closed_at=closed,
        stopped=Decimal(r) < 0,
        r=Decimal(r),
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # any field


def held(protection: Protection, *known: Past, new: Signal | None = None) -> tuple[str, ...]:
    return findings(new or signal(), protection, known)


@pytest.mark.parametrize(
    ("days", "rests"),
    [
        ((9, 5, 1), True),
        ((9, 5, 0), True),
        ((9, 5), False),  # two stops are no run
        ((12, 5, 1), False),  # three, but not within ten candles
        ((10.9, 5, 1), True),  # 9.9 candles apart
        ((11, 5, 1), False),  # ten candles apart are not within ten
        ((14, 10, 5), False),  # the last is five candles ago: rested
        ((14, 10, 4.9), True),
        ((30, 29, 28, 3), False),  # an old run and a single new stop
        ((30, 5, 3, 1), True),
    ],
)
def test_three_stops_within_ten_candles_rest_the_instrument_for_five(
    days: tuple[float, ...], *, rests: bool
) -> None:
    found = held(Protection(instrument_stops=GUARD), *(past(one) for one in days))

    assert found == (("STOP_GUARD_INSTRUMENT",) if rests else ())


def test_a_guard_counts_its_own_kind_alone() -> None:
    stops = [past(one) for one in (5, 3, 1)]
    protection = Protection(instrument_stops=GUARD, strategy_stops=GUARD)

    assert held(protection, *stops) == ("STOP_GUARD_INSTRUMENT", "STOP_GUARD_STRATEGY")
    assert held(protection, *stops, new=signal(symbol="MSFT")) == ("STOP_GUARD_STRATEGY",)
    assert held(protection, *stops, new=signal(strategy="other-1")) == ("STOP_GUARD_INSTRUMENT",)
    assert held(protection, *(replace(one, stopped=False) for one in stops)) == ()


def test_an_hour_is_a_candle_where_candles_are_hours() -> None:
    hours = [past(one / 24) for one in (9, 5, 1)]
    protection = Protection(instrument_stops=GUARD)

    assert held(protection, *hours, new=signal(timeframe="1h")) == ("STOP_GUARD_INSTRUMENT",)
    assert held(protection, *(past(one) for one in (9, 5, 1)), new=signal(timeframe="1h")) == ()


def test_eight_risks_lost_lock_a_strategy_until_it_recovers_or_time_passes() -> None:
    protection = Protection(strategy_drawdown=DrawdownLock(Decimal(-8), 90))
    losses = [past(10 + day) for day in range(8)]

    assert held(protection, *losses) == ("DRAWDOWN_LOCK",)
    assert held(protection, *losses[:7]) == ()
    assert held(protection, *losses, new=signal(strategy="other-1")) == ()
    assert held(protection, *losses, past(3, "0.5")) == ()  # an open one won: recovered
    assert held(protection, *losses, past(3, "0.5"), past(2)) == ("DRAWDOWN_LOCK",)
    edge = [replace(one, closed_at=CANDLE_AT - timedelta(days=89, hours=23)) for one in losses]
    assert held(protection, *edge) == ("DRAWDOWN_LOCK",)
    assert held(protection, *(replace(one, closed_at=CANDLE_AT - 90 * DAY) for one in losses)) == ()
    old = [replace(one, closed_at=one.closed_at - 80 * DAY) for one in losses if one.closed_at]
    assert held(protection, *old) == ()


def test_what_is_open_or_ends_later_is_not_known() -> None:
    protection = Protection(strategy_drawdown=DrawdownLock(Decimal(-3), 90), instrument_stops=GUARD)
    open_ones = [replace(past(one), closed_at=None, r=None, stopped=False) for one in (3, 2, 1)]
    later = [past(one) for one in (-1, -2, -3)]

    assert held(protection, *open_ones, *later) == ()


def test_a_day_has_its_measure() -> None:
    protection = Protection(a_day_per_instrument=2, a_day=4)
    today = [past(0, candle_at=CANDLE_AT, signal_id=SignalId(f"today-{at}")) for at in range(4)]

    assert held(protection, *today[:1]) == ()
    assert held(protection, *today[:2]) == ("DAILY_LIMIT_INSTRUMENT",)
    assert held(protection, *today, new=signal(symbol="MSFT")) == ("DAILY_LIMIT",)
    assert held(protection, *(replace(one, candle_at=CANDLE_AT - DAY) for one in today)) == ()


def test_a_later_candle_of_the_same_day_is_not_counted() -> None:
    protection = Protection(a_day=1)
    earlier, later = (
        past(0, candle_at=CANDLE_AT + step) for step in (-timedelta(hours=1), timedelta(hours=1))
    )

    assert held(protection, later) == ()
    assert held(protection, earlier) == ("DAILY_LIMIT",)


def test_the_day_is_that_of_india() -> None:
    protection = Protection(a_day=1)
    evening = datetime(2012, 5, 7, 18, 0, tzinfo=UTC)  # 23:30 there
    night = datetime(2012, 5, 7, 19, 0, tzinfo=UTC)  # 00:30 of the next day
    before = past(0, candle_at=evening)

    assert held(protection, before, new=signal(candle_at=night)) == ()
    assert held(protection, before, new=signal(candle_at=evening)) == ("DAILY_LIMIT",)


def test_a_signal_does_not_hold_itself_back() -> None:
    new = signal()

    assert held(Protection(a_day=1), past(0, signal_id=new.id, candle_at=CANDLE_AT), new=new) == ()


def test_without_limits_nothing_holds() -> None:
    assert held(Protection(), *(past(day) for day in range(30))) == ()


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from(["-1", "1.5", "0.2"])), max_size=40))
def test_more_losses_never_open_a_lock(trades: list[tuple[float, str]]) -> None:
    protection = Protection(
        instrument_stops=GUARD, strategy_stops=GUARD, strategy_drawdown=DrawdownLock(Decimal(-4), 90)
    )
    known = [past(ago, r, signal_id=SignalId(str(at))) for at, (ago, r) in enumerate(trades)]

    before = set(held(protection, *known))

    assert before <= set(held(protection, *known, past(1, signal_id=SignalId("more"))))


@given(st.lists(st.floats(0, 300), max_size=30))
def test_what_is_older_than_it_looks_back_changes_nothing(days: list[float]) -> None:
    protection = Protection(
        instrument_stops=GUARD, strategy_stops=GUARD, strategy_drawdown=DrawdownLock(Decimal(-4), 30), a_day=3
    )
    back = protection.looks_back(DAY)
    known = [past(one, signal_id=SignalId(str(at))) for at, one in enumerate(days)]
    recent = [one for one in known if one.closed_at and one.closed_at >= CANDLE_AT - back]

    assert held(protection, *known) == held(protection, *recent)


def test_a_result_is_counted_in_its_risk() -> None:
    def of(entry: int, stop: int, exit_price: int | None) -> Decimal | None:
        return risk_multiple(
            Decimal(entry), Decimal(stop), None if exit_price is None else Decimal(exit_price)
        )

    assert [of(100, 95, 110), of(100, 95, 95), of(100, 105, 90), of(100, 105, 107)] == [
        2,
        -1,
        2,
        Decimal("-1.4"),
    ]
    assert of(100, 95, None) is None
    assert of(100, 100, 90) is None


def test_the_first_policy_has_no_protection_and_the_second_has_all() -> None:
    rules = policies.load()

    before, now = rules.screening_on(IN_FORCE.date() - DAY), rules.screening_on(IN_FORCE.date())

    assert (before.version, now.version) == ("screening-1", "screening-2")
    assert before.protection == Protection()
    assert now.protection == Protection(
        instrument_stops=StopGuard(3, 60, 20),
        strategy_stops=StopGuard(6, 60, 20),
        strategy_drawdown=DrawdownLock(Decimal(-8), 90),
        a_day_per_instrument=3,
        a_day=20,
    )
    assert now.confidence_above == 75
    assert now.approve_by_rule_from > now.confidence_above + 1, "some are left to a person"


def stopped(world: World, days_ago: int) -> Signal:
    """Put a signal into the book that was stopped ``days_ago`` before the standard candle."""
    at = CANDLE_AT - days_ago * DAY
    made = world.published(candle_at=at - 15 * DAY, expires_at=at + 5 * DAY)
    assert made.status == "live"
    ended = replace(made.to("stopped"), closed_at=at, exit_price=made.terms.stop)
    assert isinstance(world.book, MemorySignalBook)
    world.book.save(ended, world.book.events[-1])
    return ended


def test_screening_refuses_by_the_protections_and_keeps_which_version_decided() -> None:
    world = World(at=IN_FORCE)
    for days_ago in (50, 35, 20):
        stopped(world, days_ago)
    draft = world.drafted()

    assert world.run(draft) == ["passed", "passed", "approved", "committed", "published"]

    world = World(at=IN_FORCE)
    for days_ago in (40, 25, 10):
        stopped(world, days_ago)
    resting = world.drafted()

    assert world.run(resting) == ["screened_out"]
    (decision,) = world.book.decisions(resting.id)
    assert decision.reasons == ("STOP_GUARD_INSTRUMENT",)
    assert decision.policy_version == "screening-2"


def test_under_the_first_policy_the_same_signal_passes() -> None:
    world = World(at=IN_FORCE - DAY)
    for days_ago in (40, 25, 10):
        stopped(world, days_ago)

    assert world.run(world.drafted())[0] == "passed"
