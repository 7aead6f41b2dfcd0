"""Larger timeframes: exact, only when their bucket is over, the same in whatever order and batches they come."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.signals import NOW, World
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import MemoryCandleStore, MemoryQualityLedger, MemorySignalBook
from signals.model.market import Candle
from signals.model.timeframe import LENGTH, Timeframe
from signals.service.admitting import Admission

TAPES = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes"
REFERENCE = FileReference()
HOURS = RecordedTape(TAPES / "eurusd-1h.csv.gz", REFERENCE).read(0, 5000)
WEEK = HOURS[:150]


def admitted(candles: Sequence[Candle], size: int = 0, width: int = 200) -> MemoryCandleStore:
    """Return the store after ``candles`` came in batches of ``size`` (0: all at once)."""
    store = MemoryCandleStore()
    admission = Admission(store, MemoryQualityLedger(), REFERENCE, lambda: NOW)
    for at in range(0, len(candles), size or len(candles)):
        admission.admit(candles[at : at + (size or len(candles))], width)
    return store


def made(store: MemoryCandleStore, timeframe: Timeframe) -> list[Candle]:
    return store.last("EURUSD", timeframe, NOW, 10_000)


def test_a_day_of_currencies_runs_from_five_to_five_in_new_york() -> None:
    days = made(admitted(HOURS), "1d")
    day = next(one for one in days if one.closed_at == datetime(2017, 7, 7, 21, tzinfo=UTC))
    hours = [one for one in HOURS if day.closed_at - timedelta(days=1) < one.closed_at <= day.closed_at]

    assert len(hours) == 24
    assert (day.open, day.close) == (hours[0].open, hours[-1].close)
    assert (day.high, day.low) == (max(one.high for one in hours), min(one.low for one in hours))
    assert day.volume == sum(one.volume for one in hours)
    winter = [one.closed_at for one in days if one.closed_at.month == 12]
    assert {at.hour for at in winter} == {22}


def test_the_whole_tape_gives_what_counting_by_hand_gives() -> None:
    store = admitted(HOURS)
    instrument = REFERENCE.instrument("EURUSD")
    assert instrument is not None
    for timeframe in instrument.derived:
        groups: dict[datetime, list[Candle]] = defaultdict(list)
        for one in HOURS:
            if instrument.session.trades_at(one.closed_at, "1h"):
                groups[instrument.session.bucket(one.closed_at, timeframe).stamp].append(one)
        full = LENGTH[timeframe] / LENGTH["1h"]
        exact = [at for at, hours in groups.items() if len(hours) == full and at <= HOURS[-1].closed_at]
        assert [one.closed_at for one in made(store, timeframe)] == exact
        assert len(exact) >= len(groups) - 2


def test_a_candle_closes_only_when_its_bucket_is_over() -> None:
    start = next(at for at, one in enumerate(HOURS) if one.closed_at.hour == 1)
    four = HOURS[start : start + 12]

    counts = [len(made(admitted(four[: n + 1]), "4h")) for n in range(12)]

    ends = [sum(one.closed_at.hour in {1, 5, 9, 13, 17, 21} for one in four[1 : n + 1]) for n in range(12)]
    assert counts == ends


def test_a_bucket_whose_last_hour_never_comes_closes_with_the_next_one() -> None:
    at = next(i for i, one in enumerate(WEEK) if i > 30 and one.closed_at.hour == 5)
    gap = [*WEEK[:at], *WEEK[at + 1 :]]

    before, after = admitted(gap[:at]), admitted(gap[: at + 1])

    assert made(before, "4h")[-1].closed_at < WEEK[at].closed_at
    late = made(after, "4h")[-1]
    assert (late.closed_at, late.close) == (WEEK[at].closed_at, WEEK[at - 1].close)
    healed = admitted([*gap[: at + 1], WEEK[at]], size=1)
    assert made(healed, "4h") == made(admitted(WEEK[: at + 2]), "4h")


def test_the_bucket_that_the_start_of_the_tape_cuts_is_not_made() -> None:
    first = made(admitted(WEEK), "1d")[0]

    assert first.closed_at - timedelta(days=1) >= WEEK[0].closed_at - timedelta(hours=1)


@settings(max_examples=15)
@given(order=st.randoms(use_true_random=False), size=st.integers(1, 40))
def test_order_and_batches_change_no_resampled_candle(order: random.Random, size: int) -> None:
    whole, shuffled = admitted(WEEK), list(WEEK)
    order.shuffle(shuffled)
    store = admitted(shuffled, size=size, width=3)

    assert made(store, "1h") == WEEK
    assert made(store, "4h") == made(whole, "4h")
    assert made(store, "1d") == made(whole, "1d")


def test_resampled_candles_reach_the_strategies_as_candles_of_their_own() -> None:
    world = World()
    for at in range(0, len(HOURS), 50):
        world.take(HOURS[at : at + 50])
    assert isinstance(world.book, MemorySignalBook)

    drafted = {event.data.timeframe for event in world.book.events if event.type == "signal.drafted"}

    assert drafted >= {"1h", "4h"}


def test_a_revised_hour_revises_its_day() -> None:
    store, ledger = MemoryCandleStore(), MemoryQualityLedger()
    admission = Admission(store, ledger, REFERENCE, lambda: NOW)
    admission.admit(WEEK, 200)
    day = made(store, "1d")[-1]
    inside = next(one for one in WEEK if one.closed_at == day.closed_at - timedelta(hours=3))

    admission.admit([replace(inside, high=day.high * 2 - day.low, volume=9999)], 200)

    revised = made(store, "1d")[-1]
    assert revised.high > day.high
    assert revised.volume == day.volume - inside.volume + 9999


def hour(at: datetime, price: str) -> Candle:
    value = Decimal(price)
    return Candle("EURUSD", "1h", at, value, value, value, value, 100)


def test_a_candle_whose_only_hour_proves_untrue_is_gone() -> None:
    """An hour that was no jump from 1.00 is one from 0.95, which comes late: its bucket of four is empty."""
    start = datetime(2017, 7, 10, 1, tzinfo=UTC)
    begin = [hour(start + timedelta(hours=n), "1.00") for n in range(-3, 1)]
    late, lone = hour(start + timedelta(hours=4), "0.95"), hour(start + timedelta(hours=6), "1.08")
    after = [hour(start + timedelta(hours=n), "1.00") for n in (9, 12, 13)]
    in_order, out_of_order = admitted([*begin, late, lone, *after]), admitted([*begin, lone, *after, late], 1)
    before = admitted([*begin, lone, *after])

    assert lone.closed_at + timedelta(hours=2) in [one.closed_at for one in made(before, "4h")]
    assert made(out_of_order, "1h") == made(in_order, "1h") == [*begin, late, *after]
    assert made(out_of_order, "4h") == made(in_order, "4h")


def test_a_batch_of_which_nothing_is_true_makes_nothing() -> None:
    store, ledger = MemoryCandleStore(), MemoryQualityLedger()
    admission = Admission(store, ledger, REFERENCE, lambda: NOW)
    admission.admit(WEEK[:10], 200)

    intake = admission.admit([replace(WEEK[10], high=WEEK[10].high * 3)], 200)

    assert (intake.series, intake.stored) == ([], 0)
    assert [one.reason for one in intake.defects] == ["jump"]
