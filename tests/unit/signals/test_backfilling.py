"""The backfill: resumable at any moment, idempotent, the same judgement as the feed's."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.signals import NOW, walk
from kit.errors import Malformed, Retryable
from kit.task import parse
from signals import policies
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import MemoryCandleStore, MemoryQualityLedger, MemoryTapePositions
from signals.backfill import Fill
from signals.model.market import Candle
from signals.model.quality import Defect
from signals.ports import Feed, TapePosition
from signals.service.admitting import Admission
from signals.service.backfilling import Backfilling, Filled

TAPES = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes"
REFERENCE = FileReference()
HOURS = RecordedTape(TAPES / "eurusd-1h.csv.gz", REFERENCE)


class Listed:
    """A tape from a list."""

    tape = "listed-1d"

    def __init__(self, rows: Sequence[Candle | Defect]) -> None:
        self._rows = rows

    def rows(self, row: int, count: int) -> Sequence[Candle | Defect]:
        return self._rows[row : row + count]


class Killed(Exception):  # noqa: N818 - what a SIGKILL would do
    """The process ends here."""


@dataclass
class Mortal:
    """Stores that end the process with the ``dies_at``-th command."""

    dies_at: int = 0
    done: int = 0
    candles: MemoryCandleStore = field(default_factory=MemoryCandleStore)
    ledger: MemoryQualityLedger = field(default_factory=MemoryQualityLedger)
    positions: MemoryTapePositions = field(default_factory=MemoryTapePositions)

    def filling(self, feed: Feed, now: datetime = NOW) -> Backfilling:
        mortal = self

        class Candles(MemoryCandleStore):
            def save(self, candles: Sequence[Candle]) -> None:
                mortal.step()
                mortal.candles.save(candles)
                mortal.step()

            last = mortal.candles.last
            between = mortal.candles.between

        class Positions(MemoryTapePositions):
            find = mortal.positions.find

            def move(self, before: TapePosition, after: TapePosition) -> bool:
                mortal.step()
                return mortal.positions.move(before, after)

        admission = Admission(Candles(), self.ledger, REFERENCE, lambda: now)
        return Backfilling(feed, Positions(), admission, policies.load(), lambda: now)

    def step(self) -> None:
        self.done += 1
        if self.done == self.dies_at:
            raise Killed

    def run(self, feed: Feed, count: int, *, again: bool = False) -> list[Filled]:
        steps = [self.filling(feed).fill(count, again=again)]
        while not steps[-1].ended:
            steps.append(self.filling(feed).fill(count))
        return steps

    def content(self) -> list[list[Candle]]:
        return [self.candles.last("EURUSD", timeframe, NOW, 10_000) for timeframe in ("1h", "4h", "1d")]


def test_a_tape_is_filled_in_steps_with_its_larger_timeframes() -> None:
    stores = Mortal()

    steps = stores.run(HOURS, 1500)

    assert [one.row for one in steps] == [1500, 3000, 4500, 5000]
    hours, fours, days = stores.content()
    assert len(hours) == 5000
    assert sum(one.stored for one in steps) == len(hours) + len(fours) + len(days)
    assert [one.corrupt for one in steps] == [0, 0, 0, 0]


@settings(max_examples=6)
@given(dies_at=st.integers(1, 18), count=st.integers(700, 1700))
def test_killed_anywhere_and_started_again_the_store_is_the_same(dies_at: int, count: int) -> None:
    whole, mortal = Mortal(), Mortal(dies_at=dies_at)
    whole.run(HOURS, count)

    try:
        mortal.run(HOURS, count)
    except Killed:
        mortal.run(HOURS, count)

    assert mortal.content() == whole.content()
    assert [replace(one, duplicates=0, received=0) for one in mortal.ledger.report()] == [
        replace(one, duplicates=0, received=0) for one in whole.ledger.report()
    ]


def test_again_changes_nothing_that_is_there() -> None:
    stores = Mortal()
    stores.run(HOURS, 5000)
    before = stores.content()

    steps = stores.run(HOURS, 5000, again=True)

    assert stores.content() == before
    assert sum(one.stored for one in steps) == 0
    assert sum(one.duplicates for one in steps) >= 5000


def test_a_broken_row_is_quarantined_and_the_rest_is_filled() -> None:
    days = walk(20)
    broken = Defect("AAPL", "1d", "never", "unreadable", "no time", "AAPL,never")
    future = replace(days[7], closed_at=NOW + timedelta(days=3))
    stores = Mortal()

    steps = stores.run(Listed([*days[:5], broken, future, *days[5:]]), 6)

    assert sum(one.corrupt for one in steps) == 2
    assert stores.candles.last("AAPL", "1d", NOW, 100) == days
    assert sorted(one.reason for one in stores.ledger.quarantine.values()) == ["in_future", "unreadable"]


def test_candles_younger_than_the_lag_are_left_for_later() -> None:
    days = [replace(one, closed_at=one.closed_at + timedelta(days=3650)) for one in walk(20)]
    stores = Mortal()
    now = days[9].closed_at + timedelta(days=30)

    first = stores.filling(Listed(days), now).fill(20)
    later = stores.filling(Listed(days), now + timedelta(days=1)).fill(20)

    assert (first.row, first.ended) == (10, True)
    assert (later.row, later.stored) == (11, 1)


def test_a_store_that_is_away_leaves_the_position_where_it_was() -> None:
    class Away(MemoryCandleStore):
        def save(self, candles: Sequence[Candle]) -> None:
            raise Retryable(f"{len(candles)} candles")

    positions = MemoryTapePositions()
    admission = Admission(Away(), MemoryQualityLedger(), REFERENCE, lambda: NOW)
    filling = Backfilling(Listed(walk(5)), positions, admission, policies.load(), lambda: NOW)

    with pytest.raises(Retryable):
        filling.fill(5)

    assert positions.find("backfill:listed-1d").row == 0


@pytest.mark.parametrize(
    "event", [{}, {"tape": "../x"}, {"tape": "a", "count": 0}, {"tape": "a", "count": 10**6}]
)
def test_a_bad_request_is_refused(event: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        parse(Fill, event)
