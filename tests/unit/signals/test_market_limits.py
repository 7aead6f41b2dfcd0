"""Each rule of candles, sessions and larger timeframes on its very limit: one step further it turns."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from builders.signals import CANDLE_AT, candle
from signals.adapters.files import FileReference
from signals.model.market import Candle, Instrument, Split, seen_from
from signals.model.quality import Judge, defect, flaw, fullness, row_of, stamp
from signals.model.resampling import touched
from signals.model.session import Session
from signals.model.timeframe import Timeframe

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REFERENCE = FileReference()
ONE = candle(0, 99, 101)
MUMBAI = Session(
    name="XNSE",
    zone=ZoneInfo("Asia/Kolkata"),
    opens=clock_time(9, 15),
    closes=clock_time(15, 30),
    days=frozenset({1, 2, 3, 4, 5}),
    daily_at=clock_time(20, 0),
)
"""Its daily candles carry 20:00 UTC, which is the next day in Mumbai."""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand where the day is another one than in UTC and in New York."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        yield
    time.tzset()


def instrument(symbol: str) -> Instrument:
    found = REFERENCE.instrument(symbol)
    assert found is not None
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_price_of_nothing_is_no_price() -> None:
    with pytest.raises(ValueError, match=r"prices lie outside the candle's low and high$"):
        replace(ONE, low=Decimal(0))


def test_a_candle_that_closes_at_the_instant_is_in_its_prices_already() -> None:
    split = Split("AAPL", CANDLE_AT.date(), Decimal(2))

    (same,) = seen_from([ONE], [split], CANDLE_AT)
    (before,) = seen_from([replace(ONE, closed_at=CANDLE_AT - DAY)], [split], CANDLE_AT)

    assert same == ONE
    assert before.close == ONE.close / 2


def test_a_defect_says_when_why_and_what_came() -> None:
    found = defect(ONE, "jump", "twice the price")

    assert (found.symbol, found.timeframe, found.closed_at) == ("AAPL", "1d", "2012-05-07T21:00:00Z")
    assert (found.reason, found.detail, found.row) == ("jump", "twice the price", row_of(ONE))
    assert stamp(CANDLE_AT) == "2012-05-07T21:00:00Z"


@pytest.mark.parametrize(
    ("changed", "known", "detail"),
    [
        ({}, False, "no instrument has this symbol"),
        ({"timeframe": "1h"}, True, "the feed of this instrument gives 1d"),
        ({"volume": -1}, True, "a volume is never negative"),
        ({"closed_at": CANDLE_AT + 2 * DAY}, True, "it closes after 2012-05-07T21:00:00Z"),
        ({"closed_at": CANDLE_AT - HOUR}, True, "no 1d candle of XNYS closes then"),
    ],
)
def test_a_flaw_is_told_in_words(changed: dict[str, object], detail: str, *, known: bool) -> None:
    wrong = replace(ONE, **changed)  # type: ignore[arg-type]  # any field

    found = flaw(wrong, instrument("AAPL") if known else None, CANDLE_AT)

    assert found is not None
    assert found.detail == detail


@pytest.mark.parametrize("volume", [0, 1])
def test_a_candle_without_trades_that_closes_now_is_sound(volume: int) -> None:
    assert flaw(replace(ONE, volume=volume), instrument("AAPL"), CANDLE_AT) is None


def test_of_two_versions_with_one_volume_the_wider_is_fuller() -> None:
    wide = replace(ONE, low=Decimal(98), high=Decimal(101))
    narrow = replace(ONE, low=Decimal(100), high=Decimal(102))

    assert fullness(wide) > fullness(narrow)


def test_a_jump_is_more_than_the_limit_within_the_time() -> None:
    judge = Judge(limit=Decimal(2), within=3 * DAY)
    doubled = replace(
        ONE, closed_at=CANDLE_AT + 3 * DAY, open=Decimal(150), high=2 * ONE.close, low=Decimal(100)
    )
    more = replace(doubled, high=2 * ONE.close + Decimal("0.01"))

    assert judge.jump(ONE, replace(doubled, close=Decimal(150))) == ""
    assert judge.jump(ONE, replace(more, close=Decimal(150))).startswith("2.00 times away")
    assert judge.jump(ONE, replace(more, close=Decimal(150), closed_at=CANDLE_AT + 3 * DAY + HOUR)) == ""


def test_what_another_version_replaced_is_told_in_words() -> None:
    narrow = replace(ONE, volume=1)

    accepted, refused = Judge(None, DAY).fold(None, [[narrow, ONE]])

    assert accepted == [ONE]
    assert refused == {narrow: ("superseded", "a fuller version of the same candle is there")}


@pytest.mark.usefixtures("elsewhere")
def test_days_are_those_of_the_exchange_wherever_the_machine_stands() -> None:
    daily, hourly = utc("2026-03-02T20:00"), utc("2026-03-02T10:00")

    assert MUMBAI.day_of(daily, "1d") == date(2026, 3, 2)
    assert MUMBAI.day_of(daily, "1h") == date(2026, 3, 3)
    assert MUMBAI.day_of(hourly, "1h") == date(2026, 3, 2)
    assert instrument("AAPL").session.day_of(CANDLE_AT, "1d") == CANDLE_AT.date()


def test_a_daily_candle_belongs_to_the_day_its_stamp_names() -> None:
    friday = utc("2026-03-06T20:00")

    assert MUMBAI.on_grid(friday, "1d")
    assert not MUMBAI.on_grid(friday + timedelta(minutes=1), "1d")
    assert MUMBAI.trades_at(friday, "1d")
    assert MUMBAI.bucket(friday, "1d").stamp == friday
    assert [*MUMBAI.closes_between("1d", friday, friday)] == [friday]
    assert [*MUMBAI.closes_between("1d", friday - DAY, friday + 3 * DAY)] == [
        friday - DAY,
        friday,
        friday + 3 * DAY,
    ]


def test_a_session_day_has_its_hours_from_the_open_and_a_short_last_one() -> None:
    opened, closed = utc("2026-03-02T03:45"), utc("2026-03-02T10:00")

    hours = [*MUMBAI.closes_between("1h", opened, closed)]

    assert hours == [opened + at * HOUR for at in range(1, 7)] + [closed]
    assert all(MUMBAI.on_grid(at, "1h") for at in hours)
    assert not MUMBAI.on_grid(closed - HOUR, "1h")
    assert MUMBAI.trades_at(closed, "1h")
    assert not MUMBAI.trades_at(opened, "1h")
    last = MUMBAI.bucket(closed, "1h")
    assert (last.start, last.end, last.stamp) == (opened + 6 * HOUR, closed, closed)
    full = MUMBAI.bucket(opened + HOUR, "1h")
    assert (full.start, full.end) == (opened, opened + HOUR)


def test_after_the_close_a_bucket_is_whole_again() -> None:
    opened, closed = utc("2026-03-02T03:45"), utc("2026-03-02T10:00")

    found = MUMBAI.bucket(closed + HOUR, "1h")
    next_one = MUMBAI.bucket(closed + timedelta(minutes=1), "15m")

    assert (found.start, found.end) == (opened + 7 * HOUR, opened + 8 * HOUR)
    assert (next_one.start, next_one.end) == (closed, closed + timedelta(minutes=15))


FX = instrument("EURUSD").session
MONDAY = utc("2017-07-10T21:00")
"""A day of currencies ends here and the next begins: its 4-hour candles end at 01, 05, 09, … UTC."""


def hours(*ends: int) -> list[Candle]:
    """Return hourly candles that close so many hours after Monday's end."""
    return [replace(ONE, symbol="EURUSD", timeframe="1h", closed_at=MONDAY + at * HOUR) for at in ends]


def stamps(series: list[Candle], *changed: int, timeframe: Timeframe = "4h") -> list[int]:
    """Return the ends, in hours after Monday's, of the buckets that the changed hours touch."""
    found = touched(FX, timeframe, series, [MONDAY + at * HOUR for at in changed])
    return [int((one.stamp - MONDAY) / HOUR) for one in found]


@pytest.mark.parametrize(
    ("series", "changed", "found"),
    [
        ([1, 2, 3, 4, 5], [5], [8]),  # the one before ended with its hour 4
        ([1, 2, 3, 5], [5], [4, 8]),  # hour 4 never came: the next hour closes the bucket
        ([1, 2, 5], [5], [4, 8]),
        ([1, 5], [5], [4, 8]),
        ([4, 5], [4], [4, 8]),  # hour 5 stood first: its bucket may have been cut by the start
        ([4, 5], [5], [8]),
        ([4, 5], [4, 5], [4, 8]),
        ([1, 2, 9], [9], [4, 12]),
        ([1, 2, 3, 4], [2, 3], [4]),
        ([1, 4, 5, 6], [5, 6], [8]),
        ([5, 6, 7, 9], [5, 9], [8, 12]),
        ([5, 6, 14], [5], [8]),  # nothing stands before the first
        ([88, 93, 108, 145], [145], [96, 148]),  # Sunday's first hour closes what Friday left, over a stray
    ],
)
def test_an_hour_touches_its_bucket_the_waiting_one_before_and_the_cut_one_after(
    series: list[int], changed: list[int], found: list[int]
) -> None:
    assert stamps(hours(*series), *changed) == found


def test_an_hour_outside_the_session_touches_no_bucket_of_its_own() -> None:
    saturday = 4 * 24 + 12
    series = hours(4 * 24 - 1, saturday)

    assert stamps(series, saturday) == [4 * 24]
    assert stamps(hours(saturday), saturday) == []
