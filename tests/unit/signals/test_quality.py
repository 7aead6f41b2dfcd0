"""Data quality: every error that the real tapes do not hold is planted here."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.signals import NOW, World, walk
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.memory import (
    MemoryCandleStore,
    MemoryQualityLedger,
)
from signals.model.market import Adjustment, Candle, Split
from signals.model.quality import SeriesKey, SeriesQuality, row_of
from signals.model.timeframe import Timeframe
from signals.service.admitting import Admission, Intake

TAPES = Path(__file__).resolve().parents[3] / "infra" / "local" / "tapes"
DAYS = walk(40)
REFERENCE = FileReference()
KEY = SeriesKey("AAPL", "1d")


@dataclass
class Desk:
    """An admission over memory."""

    candles: MemoryCandleStore = field(default_factory=MemoryCandleStore)
    ledger: MemoryQualityLedger = field(default_factory=MemoryQualityLedger)

    def take(self, *arrived: Candle, width: int = 20) -> Intake:
        return Admission(self.candles, self.ledger, REFERENCE, lambda: NOW).admit(arrived, width)

    def stored(self, symbol: str = "AAPL", timeframe: Timeframe = "1d") -> list[Candle]:
        return self.candles.last(symbol, timeframe, NOW, 100_000)

    def quality(self, key: SeriesKey = KEY) -> SeriesQuality:
        return next(one for one in self.ledger.report() if one.key == key)

    def reasons(self) -> list[str]:
        return sorted(one.reason for one in self.ledger.quarantine.values())


def scaled(one: Candle, by: str) -> Candle:
    prices = {name: getattr(one, name) * Decimal(by) for name in ("open", "high", "low", "close")}
    return replace(one, **prices)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (replace(DAYS[3], symbol="XYZ"), "unknown_symbol"),
        (replace(DAYS[3], timeframe="1h"), "not_offered"),
        (replace(DAYS[3], volume=-1), "negative_volume"),
        (replace(DAYS[3], closed_at=NOW + timedelta(days=1)), "in_future"),
        (replace(DAYS[3], closed_at=DAYS[3].closed_at + timedelta(minutes=1)), "off_grid"),
        (scaled(DAYS[3], "10"), "jump"),
        (scaled(DAYS[3], "0.1"), "jump"),
        (replace(DAYS[3], high=DAYS[3].high * 10), "jump"),
    ],
)
def test_a_corrupt_candle_is_quarantined_with_its_reason_and_never_stored(wrong: Candle, reason: str) -> None:
    desk = Desk()
    desk.take(*DAYS[:3])

    intake = desk.take(wrong, *DAYS[4:6])

    assert [one.reason for one in intake.defects] == [reason]
    assert desk.reasons() == [reason]
    assert wrong not in desk.stored()
    assert desk.stored() == [*DAYS[:3], *DAYS[4:6]]
    assert sum(one.corrupt.get(reason, 0) for one in desk.ledger.report()) == 1


def test_a_jump_that_a_split_explains_is_no_jump() -> None:
    class Split20(FileReference):
        def adjustments(self, symbol: str) -> Sequence[Adjustment]:
            return [Split(symbol, DAYS[20].closed_at.date(), Decimal(20))]

    cheap = [*DAYS[:20], *(scaled(one, "0.05") for one in DAYS[20:])]
    desk = Desk()
    Admission(desk.candles, desk.ledger, Split20(), lambda: NOW).admit(cheap, 20)
    unknown = Desk()
    unknown.take(*cheap)

    assert desk.stored() == cheap
    assert unknown.stored() == cheap[:20]
    assert unknown.quality().corrupt == {"jump": 20}


def test_duplicates_late_and_missing_candles_are_counted() -> None:
    desk = Desk()
    desk.take(*DAYS[:5])
    desk.take(*DAYS[3:6])
    desk.take(*DAYS[10:12])
    desk.take(DAYS[7])
    desk.take(DAYS[7])

    found = desk.quality()

    assert (found.received, found.stored, found.duplicates, found.out_of_order) == (12, 9, 3, 1)
    assert (found.first_at, found.last_at) == (DAYS[0].closed_at, DAYS[11].closed_at)


def test_two_copies_in_one_batch_are_one_candle_and_one_duplicate() -> None:
    desk = Desk()

    intake = desk.take(DAYS[0], DAYS[0], DAYS[1])

    assert (intake.stored, intake.duplicates) == (2, 1)


def test_of_two_versions_the_fuller_stays_whatever_came_first() -> None:
    early = replace(DAYS[2], volume=DAYS[2].volume - 500)
    for order in ([early, DAYS[2]], [DAYS[2], early]):
        desk = Desk()
        desk.take(*DAYS[:2])
        for one in order:
            desk.take(one)
        assert desk.stored() == DAYS[:3]
        assert desk.reasons() == ["superseded"]
        assert desk.quality().stored == 3


def test_a_candle_stored_before_a_crash_is_counted_when_it_is_delivered_again() -> None:
    desk = Desk()
    desk.take(*DAYS[:3])
    desk.candles.save(DAYS[3:5])

    intake = desk.take(*DAYS[3:5])

    assert (intake.stored, intake.duplicates, desk.quality().stored) == (2, 0, 5)
    assert desk.take(*DAYS[3:5]).duplicates == 2


def planted(seed: int) -> list[Candle]:
    """Return a month with everything wrong that neighbours can tell: jumps, copies, versions, a level shift."""
    chance, made = random.Random(seed), list[Candle]()  # noqa: S311 - a repeatable plan, no secret
    for at, one in enumerate(DAYS[:24]):
        made.append(one if at < 18 else scaled(one, chance.choice(["1", "1", "3", "0.3"])))
        if chance.random() < 0.2:
            made.append(one)
        if chance.random() < 0.2:
            made.append(replace(one, volume=one.volume - 1, close=one.open))
        if chance.random() < 0.2:
            made.append(scaled(one, chance.choice(["2.2", "0.4", "5"])))
    return made


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False), size=st.integers(1, 9))
def test_the_order_of_arrival_changes_nothing_that_is_stored(
    seed: int, order: random.Random, size: int
) -> None:
    arrived = planted(seed)
    whole, shuffled = Desk(), Desk()
    whole.take(*arrived)
    order.shuffle(arrived)
    for at in range(0, len(arrived), size):
        shuffled.take(*arrived[at : at + size], width=3)

    assert shuffled.stored() == whole.stored()
    assert shuffled.quality().stored == len(whole.stored()) == whole.quality().stored
    assert {one.row for one in shuffled.ledger.quarantine.values()} >= {
        row_of(one) for one in arrived if one not in whole.stored()
    }


def test_arrival_order_would_matter_without_judging_again() -> None:
    """The guard broken: a late candle taken without a look at what follows leaves another store."""
    p, x, s = DAYS[0], scaled(DAYS[1], "0.5"), scaled(DAYS[2], "2")
    in_order, late = Desk(), Desk()
    in_order.take(p, x, s)
    late.take(p, s)
    late.candles.save([x])
    again = Desk()
    again.take(p, s)
    again.take(x)

    assert late.stored() != in_order.stored() == again.stored() == [p, x]


def test_the_real_tapes_hold_no_error() -> None:
    desk = Desk()
    for name in ("us-equities-1d", "eurusd-1h", "spx-1d"):
        tape = RecordedTape(TAPES / f"{name}.csv.gz", REFERENCE).read(0, 20_000)
        desk.take(*tape, width=5)

    for one in desk.ledger.report():
        instrument = REFERENCE.instrument(one.key.symbol)
        assert instrument is not None
        assert one.first_at is not None
        assert one.last_at is not None
        expected = instrument.session.count(one.key.timeframe, one.first_at, one.last_at)
        assert one.corrupt == {}
        assert (one.duplicates, one.out_of_order) == (0, 0)
        assert one.stored - one.off_session == expected, one
    assert desk.quality(SeriesKey("EURUSD", "1h")).off_session == 2


def test_a_corrupt_candle_neither_drafts_nor_stops_the_others() -> None:
    world = World()
    bad = [scaled(DAYS[5], "20"), replace(DAYS[6], symbol="XYZ")]

    watched = world.watching.take(dict.fromkeys([*DAYS[:5], *bad, *DAYS[7:]]))

    assert sorted(one.reason for one in watched.defects) == ["jump", "unknown_symbol"]
    assert watched.candles == 38
    quote = world.quotes.find("AAPL")
    assert quote is not None
    assert quote.price == DAYS[-1].close


def test_a_session_knows_its_days_and_hours() -> None:
    equity, currency = REFERENCE.instrument("AAPL"), REFERENCE.instrument("EURUSD")
    assert equity is not None
    assert currency is not None
    friday, monday = datetime(2017, 7, 7, 21, tzinfo=UTC), datetime(2017, 7, 10, 21, tzinfo=UTC)

    assert equity.session.count("1d", friday, monday) == 2
    assert currency.session.count("1h", friday, monday) == 25
    assert not equity.session.trades_at(datetime(2001, 9, 12, 21, tzinfo=UTC), "1d")
    assert not currency.session.trades_at(friday + timedelta(hours=1), "1h")
    assert equity.session.on_grid(friday, "1d")
    assert not equity.session.on_grid(friday - timedelta(hours=1), "1d")
