"""The feed: order, acknowledgement, lag, repetition, the tape's end; and tapes that cannot be read."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from builders.signals import CANDLE_AT, NOW, walk
from kit.errors import Malformed, Retryable
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.task import parse
from signals import policies
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import MemoryMarketData, MemoryQualityLedger, MemoryTapePositions
from signals.errors import TapeBroken, UnknownSymbol
from signals.feed import Play
from signals.model.market import Candle
from signals.model.quality import Defect
from signals.ports import TapePosition
from signals.service.feeding import Feeding


class Listed:
    """A tape from a list."""

    def __init__(self, candles: Sequence[Candle | Defect]) -> None:
        self.tape = "listed-1d"
        self.candles = candles

    def rows(self, row: int, count: int) -> Sequence[Candle | Defect]:
        return self.candles[row : row + count]


class Away(MemoryMarketData):
    """A bus that is away."""

    def publish(self, closed: Sequence[Event[CandleClosed]]) -> None:
        raise Retryable


def feeding(candles: Sequence[Candle | Defect], market: MemoryMarketData | None = None) -> Feeding:
    return Feeding(
        feed=Listed(candles),
        positions=MemoryTapePositions(),
        market=market or MemoryMarketData(),
        reference=FileReference(),
        policies=policies.load(),
        ledger=MemoryQualityLedger(),
        now=lambda: NOW,
    )


def published(one: Feeding) -> list[Event[CandleClosed]]:
    assert isinstance(one.market, MemoryMarketData)
    return one.market.published


def test_the_next_candles_are_published_in_order_under_their_symbol() -> None:
    tape = walk(5)
    feed = feeding(tape)

    assert feed.play(3).row == 3
    played = feed.play(3)

    assert (played.published, played.row, played.ended) == (2, 5, True)
    assert [event.data.closed_at for event in published(feed)] == [one.closed_at for one in tape]
    assert {event.subject for event in published(feed)} == {"AAPL"}
    assert published(feed)[0].data.tick == FileReference().instruments()[0].tick


def test_the_position_moves_only_after_the_acknowledgement() -> None:
    feed = feeding(walk(5), Away())

    with pytest.raises(Retryable):
        feed.play(3)

    assert feed.positions.find("listed-1d") == TapePosition("listed-1d")


def test_a_candle_published_twice_carries_the_same_event_id() -> None:
    tape = walk(5)
    first, second = feeding(tape), feeding(tape)

    first.play(5)
    second.play(2)
    second.play(3)

    ids = [event.id for event in published(first)]
    assert ids == [event.id for event in published(second)]
    assert len(set(ids)) == 5


def test_a_rewound_tape_is_another_lap_with_other_ids() -> None:
    feed = feeding(walk(2))
    feed.play(2)

    played = feed.play(2, rewind=True)

    assert (played.lap, played.row, played.published) == (1, 2, 2)
    assert len({event.id for event in published(feed)}) == 4


def test_a_candle_younger_than_the_lag_is_refused_and_read_again_later() -> None:
    old, young = walk(2)
    young = replace(young, closed_at=NOW - timedelta(days=30) + timedelta(seconds=1))
    feed = feeding([old, young, replace(young, closed_at=NOW)])

    played = feed.play(3)

    assert (played.published, played.refused, played.row) == (1, 2, 1)
    later = replace(feed, now=lambda: NOW + timedelta(seconds=1))
    assert later.play(1).published == 1


def test_a_row_that_is_no_candle_and_one_of_the_future_are_passed_over_and_kept() -> None:
    first, second = walk(2)
    broken = Defect("AAPL", "1d", "yesterday", "unreadable", "no time", "AAPL,yesterday,1,1,1,1,1")
    feed = feeding([first, broken, replace(second, closed_at=NOW + timedelta(days=9)), second])

    played = feed.play(4)

    assert (played.published, played.corrupt, played.refused, played.row) == (2, 2, 0, 4)
    assert [event.data.closed_at for event in published(feed)] == [first.closed_at, second.closed_at]
    assert isinstance(feed.ledger, MemoryQualityLedger)
    assert sorted(one.reason for one in feed.ledger.quarantine.values()) == ["in_future", "unreadable"]


def test_a_feed_that_gives_a_stranger_is_refused() -> None:
    with pytest.raises(UnknownSymbol, match="XYZ"):
        feeding([replace(walk(1)[0], symbol="XYZ")]).play(1)


def test_somebody_who_played_at_the_same_time_keeps_the_position() -> None:
    feed = feeding(walk(5))

    class Overtaken(MemoryTapePositions):
        def move(self, before: TapePosition, after: TapePosition) -> bool:
            super().move(before, replace(after, row=4))
            return False

    overtaken = replace(feed, positions=Overtaken())

    assert overtaken.play(2).row == 4


@pytest.mark.parametrize(
    "event", [{"count": 0}, {"count": 1001}, {"count": "3"}, {"tape": "../../etc/passwd"}, {"rewind": 1}]
)
def test_a_bad_request_to_play_is_refused(event: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        parse(Play, event)


def test_a_schedules_event_plays_one_candle() -> None:
    assert parse(Play, {"source": "aws.events", "detail": {}}) == Play()


def tape_file(folder: Path, row: str, name: str = "test-1d") -> RecordedTape:
    path = folder / f"{name}.csv.gz"
    path.write_bytes(gzip.compress(f"symbol,ts,open,high,low,close,volume\n{row}\n".encode()))
    return RecordedTape(path, FileReference())


def test_prices_of_a_tape_are_put_on_the_tick_grid(tmp_path: Path) -> None:
    tape = tape_file(tmp_path, "SPX,1999-01-05T21:00:00Z,1228.099976,1246.109985,1228.099976,1244.780029,877")

    (one,) = tape.read(0, 5)

    assert [str(price) for price in (one.open, one.high, one.low, one.close)] == [
        "1228.10",
        "1246.11",
        "1228.10",
        "1244.78",
    ]


@pytest.mark.parametrize(
    "row",
    [
        "AAPL,1999-01-05T21:00:00Z,10,9,11,10,1",
        "AAPL,yesterday,10,11,9,10,1",
        "AAPL,1999-01-05T21:00:00Z,ten,11,9,10,1",
        "AAPL,1999-01-05T21:00:00Z,10,11,9,10,",
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: str) -> None:
    with pytest.raises(TapeBroken, match="row 0"):
        tape_file(tmp_path, row).read(0, 1)


def test_a_stranger_on_the_tape_and_a_tape_without_timeframe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownSymbol):
        tape_file(tmp_path, "XYZ,1999-01-05T21:00:00Z,10,11,9,10,1").read(0, 1)
    with pytest.raises(TapeBroken, match="timeframe"):
        tape_file(tmp_path, "", name="no-timeframe")


def test_candles_lie_between_their_low_and_high() -> None:
    with pytest.raises(ValueError):
        replace(walk(1)[0], close=walk(1)[0].high + 1)
    assert CANDLE_AT < NOW
