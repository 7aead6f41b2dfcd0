"""Prices over HTTP's use cases: every digit of the tick, adjusted on read, no signal from a corporate action."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from builders.signals import NOW, World, walk
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import MemorySignalBook
from signals.errors import InstrumentNotFound, TimeframeNotOffered
from signals.model.market import Candle, Dividend, Quote, Split, divisor
from signals.model.quality import SeriesKey, Tally
from signals.schemas.market import AdjustmentView, CandleView, InstrumentView, QualityView
from signals.service.grading import Grading
from signals.service.pricing import Pricing
from signals.strategies import Idea, Series, Window
from signals.strategies.window import Family

TAPES = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes"
REFERENCE = FileReference()
EQUITIES = RecordedTape(TAPES / "us-equities-1d.csv.gz", REFERENCE).read(0, 20_000)


def of(symbol: str) -> list[Candle]:
    return [one for one in EQUITIES if one.symbol == symbol]


def pricing(world: World) -> Pricing:
    return Pricing(world.candles, world.quotes, world.reference, world.now)


def test_prices_keep_the_zeros_of_their_tick_whatever_the_store_dropped() -> None:
    world = World()
    short = replace(
        walk(1)[0], open=Decimal("228.1"), high=Decimal(230), low=Decimal("228.1"), close=Decimal(229)
    )
    world.candles.save([short])
    world.quotes.post([Quote("AAPL", Decimal(229), NOW)])

    (found,) = pricing(world).closed_candles("AAPL", "1d", None, 1)

    assert CandleView.model_validate(found).model_dump(mode="json")["open"] == "228.10"
    assert str(found.high) == "230.00"
    assert str(pricing(world).quote("AAPL").price) == "229.00"


def test_adjusted_candles_are_in_the_prices_of_today() -> None:
    world = World()
    world.candles.save(of("AAPL"))
    before_both_splits = datetime(2000, 6, 20, 22, tzinfo=UTC)

    (traded,) = pricing(world).closed_candles("AAPL", "1d", before_both_splits, 1)
    (seen,) = pricing(world).closed_candles("AAPL", "1d", before_both_splits, 1, adjusted=True)

    assert traded.close == Decimal("101.25")
    paid = [one for one in REFERENCE.adjustments("AAPL") if isinstance(one, Dividend)]
    factor = Decimal(1)
    for one in paid:
        factor *= 1 - one.cash / one.before
    assert seen.close == round(Decimal("101.25") / 4 * factor, 4)
    newest = pricing(world).closed_candles("AAPL", "1d", None, 1, adjusted=True)
    assert newest[0].close == of("AAPL")[-1].close


def test_total_return_of_a_holder_who_reinvests_is_what_adjusted_prices_say() -> None:
    """Microsoft over its special dividend: a share and its cash grew as the adjusted closes did."""
    tape = {one.closed_at.date(): one.close for one in of("MSFT")}
    first, last = date(2004, 11, 12), date(2004, 11, 15)
    held = (tape[last] * tape[first] / (tape[first] - Decimal("3.08"))) / tape[first]
    world = World()
    world.candles.save(of("MSFT"))
    read = pricing(world)

    closes = [
        read.closed_candles(
            "MSFT", "1d", datetime(day.year, day.month, day.day, 22, tzinfo=UTC), 1, adjusted=True
        )[0]
        for day in (first, last)
    ]

    assert abs(closes[1].close / closes[0].close - held) < Decimal("0.0001")


def test_every_dividend_stands_on_the_close_before_it() -> None:
    for symbol in ("MSFT", "AAPL"):
        tape = of(symbol)
        for one in REFERENCE.adjustments(symbol):
            if isinstance(one, Dividend):
                at = next(i for i, candle in enumerate(tape) if candle.closed_at.date() == one.effective)
                assert tape[at - 1].close == one.before
                assert one.ratio == one.before / (one.before - one.cash)


class Dropper:
    """Sells whenever a close lies 8 % under the one before: a split or a large dividend would trip it."""

    name = "dropper-1"
    title = "Dropper"
    description = "Falls go on."
    family: Family = "momentum"
    warm_up = 2
    horizon = 5

    def decide(self, window: Window) -> Idea | None:
        if len(window) < 2 or window.close[-1] > 0.92 * window.close[-2]:
            return None
        price = float(window.close[-1])
        return Idea("sell", price, price * 1.1, (price * 0.9,), 99, 5, "It fell.")


@pytest.mark.parametrize(
    ("symbol", "days"),
    [("AAPL", ("2000-06-21", "2005-02-28")), ("MSFT", ("2003-02-18", "2004-11-15"))],
)
def test_neither_split_nor_dividend_of_the_tape_is_a_fall(symbol: str, days: tuple[str, ...]) -> None:
    tape = of(symbol)
    aware, naive = Series(tape, REFERENCE.adjustments(symbol)), Series(tape, ())
    for day in days:
        at = next(i for i, one in enumerate(tape) if one.closed_at.date().isoformat() == day)
        assert Dropper().decide(aware.until(at)) is None
        assert Dropper().decide(naive.until(at)) is not None, "without the data the strategy is fooled"


def test_the_market_consumer_drafts_nothing_on_those_days() -> None:
    world = World()
    watching = replace(world.watching, strategies=(Dropper(),))
    for at in range(0, len(EQUITIES), 400):
        watching.take(dict.fromkeys(EQUITIES[at : at + 400]))
    assert isinstance(world.book, MemorySignalBook)

    drafted = {(event.data.symbol, world.book.find(event.subject)) for event in world.book.events}  # type: ignore[arg-type]
    days = {(symbol, one.terms.candle_at.date().isoformat()) for symbol, one in drafted if one}

    assert ("AAPL", "2000-09-29") in days, "a real fall is one"
    assert not days & {
        ("AAPL", "2000-06-21"),
        ("AAPL", "2005-02-28"),
        ("MSFT", "2003-02-18"),
        ("MSFT", "2004-11-15"),
    }


def test_volume_follows_a_split_and_not_a_dividend() -> None:
    tape = of("MSFT")
    split, paid = Split("MSFT", tape[5].closed_at.date(), Decimal(2)), REFERENCE.adjustments("MSFT")[-1]
    halved = Series(tape[:10], [split]).until(9)
    rewarded = [one for one in tape if abs((one.closed_at.date() - paid.effective).days) < 8]

    assert halved.volume[0] == 2 * tape[0].volume
    assert Series(rewarded, [paid]).until(len(rewarded) - 1).volume[0] == rewarded[0].volume
    assert Series(rewarded, [paid]).until(len(rewarded) - 1).close[0] < float(rewarded[0].close)
    assert divisor([paid], rewarded[0].closed_at, rewarded[-1].closed_at) == paid.ratio


def test_a_timeframe_that_the_tape_cannot_give_is_refused() -> None:
    world = World()
    for symbol, timeframe in (("AAPL", "1h"), ("AAPL", "4h"), ("EURUSD", "15m")):
        with pytest.raises(TimeframeNotOffered, match="has 1"):
            pricing(world).closed_candles(symbol, timeframe, None, 1)  # type: ignore[arg-type]
    assert pricing(world).closed_candles("EURUSD", "4h", None, 1) == []


def test_an_instrument_tells_its_tick_lot_session_lag_and_timeframes() -> None:
    found = REFERENCE.instrument("EURUSD")
    assert found is not None

    view = InstrumentView.of(found).model_dump(mode="json")

    assert (view["tick"], view["lot"], view["lag_s"], view["kind"]) == (
        "0.00001",
        1000,
        2_592_000,
        "currency",
    )
    assert view["session"] == {
        "name": "FX",
        "zone": "America/New_York",
        "opens": "17:00:00",
        "closes": "17:00:00",
        "days": [1, 2, 3, 4, 5],
    }
    assert view["timeframes"] == ["1h", "4h", "1d"]
    split, *_, dividend = REFERENCE.adjustments("MSFT")
    assert AdjustmentView.of(split).cash is None
    assert AdjustmentView.of(dividend).cash == Decimal("0.23")


def test_missing_candles_are_found_by_the_session_calendar() -> None:
    world = World()
    tape = [one for one in of("GOOG") if one.closed_at.year == 2005]
    holes = {datetime(2005, 3, day, 21, tzinfo=UTC) for day in (2, 3, 9)}
    world.take([one for one in tape if one.closed_at not in holes])
    grading = Grading(world.candles, world.ledger, world.reference)

    (grade,) = grading.grades("GOOG")

    assert grade.missing == 3
    assert [(gap.after.day, gap.before.day, gap.missing) for gap in grade.gaps] == [(8, 10, 1), (1, 4, 2)]
    assert [gap.missing for gap in grading.grades("GOOG")[0].gaps[:1]] == [1]
    assert len(replace(grading, most=1).grades("GOOG")[0].gaps) == 1
    view = QualityView.of(grade)
    assert (view.received, view.stored, view.missing, view.off_session) == (
        len(tape) - 3,
        len(tape) - 3,
        3,
        0,
    )
    world.take([one for one in tape if one.closed_at in holes])
    assert [one.missing for one in grading.grades(None)] == [0]
    assert [one.gaps for one in grading.grades(None)] == [()]


def test_quality_of_an_instrument_without_candles_is_empty_and_of_a_stranger_unknown() -> None:
    world = World()
    grading = Grading(world.candles, world.ledger, world.reference)
    world.ledger.note([Tally(SeriesKey("MSFT", "1d"), received=1)], [], [], NOW)

    assert grading.grades("GOOG") == []
    assert [one.missing for one in grading.grades("MSFT")] == [0]
    with pytest.raises(InstrumentNotFound):
        grading.grades("XYZ")
    world.take([replace(walk(1)[0], symbol="XYZ")])
    assert [one.found.corrupt for one in grading.grades("XYZ")] == [{"unknown_symbol": 1}]
