"""Candles and their quality on every store: replaced, removed, half-written, judged in any order, counted."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

from builders.signals import NOW, walk
from fixtures.database import Databases
from kit.stores.postgres import Database
from local.stores import Influx
from signals.adapters.files import FileReference
from signals.adapters.influx import InfluxCandleStore
from signals.adapters.memory import MemoryCandleStore, MemoryQualityLedger
from signals.adapters.postgres import PostgresCandleStore, PostgresQualityLedger
from signals.adapters.recent import RecentCandles
from signals.model.market import Candle
from signals.model.quality import Defect, SeriesKey, SeriesState, Tally, defect
from signals.ports import CandleStore
from signals.ports.quality import QualityLedger
from signals.service.admitting import Admission

TAPE = walk(60)
KEY = SeriesKey("AAPL", "1d")
BUCKET = "quality-test"
REAL = pytest.mark.stores


@dataclass
class Stores:
    """A candle store with the ledger beside it; ``influx`` is the bare client where there is one."""

    candles: CandleStore
    ledger: QualityLedger
    influx: InfluxDBClient | None = None
    database: Database | None = None

    def everything(self) -> list[Candle]:
        return self.candles.last("AAPL", "1d", NOW, 1000)


@pytest.fixture(
    params=["memory", "recent", pytest.param("postgres", marks=REAL), pytest.param("influx", marks=REAL)]
)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        yield Stores(MemoryCandleStore(), MemoryQualityLedger())
    elif request.param == "recent":
        yield Stores(RecentCandles(MemoryCandleStore(), keep=40), MemoryQualityLedger())
    else:
        databases: Databases = request.getfixturevalue("database")
        db = databases("signals")
        if request.param == "postgres":
            yield Stores(PostgresCandleStore(db), PostgresQualityLedger(db), database=db)
        else:
            yield from _influx(request.getfixturevalue("influx"), db)


def _influx(server: Influx, db: Database) -> Iterator[Stores]:
    with InfluxDBClient(url=server.url, token=server.token, org=server.org) as client:
        made = client.buckets_api().create_bucket(bucket_name=BUCKET)
        yield Stores(InfluxCandleStore(lambda _fresh: client, BUCKET), PostgresQualityLedger(db), client)
        client.buckets_api().delete_bucket(made)


def test_a_candle_of_the_same_time_replaces_the_one_before(stores: Stores) -> None:
    stores.candles.save(TAPE[:5])
    other = replace(TAPE[2], volume=TAPE[2].volume + 1, high=TAPE[2].high + 1)

    stores.candles.save([other])

    assert stores.everything() == [*TAPE[:2], other, *TAPE[3:5]]


def test_a_removed_candle_is_gone_and_its_neighbours_stay(stores: Stores) -> None:
    stores.candles.save(TAPE[:5])
    assert stores.everything() == TAPE[:5]

    stores.candles.remove([TAPE[2], TAPE[20]])
    stores.candles.remove([])

    assert stores.everything() == [*TAPE[:2], *TAPE[3:5]]


def test_prices_read_back_as_they_were_written(stores: Stores) -> None:
    prices = [Decimal(text) for text in ("1.07083", "0.00001", "123456.78", "228.10", "0.1")]
    written = [
        replace(TAPE[at], open=price, high=price, low=price, close=price) for at, price in enumerate(prices)
    ]
    stores.candles.save(written)

    assert [one.close for one in stores.everything()] == prices


def test_the_order_of_arrival_changes_nothing_in_a_real_store(stores: Stores) -> None:
    admission = Admission(stores.candles, stores.ledger, FileReference(), lambda: NOW)
    bad = replace(TAPE[30], high=TAPE[30].high * 9, volume=10**9)
    lesser = replace(TAPE[31], volume=1)
    arrived = [*TAPE, bad, lesser, TAPE[5]]
    random.Random(7).shuffle(arrived)  # noqa: S311 - a repeatable order, no secret

    for at in range(0, len(arrived), 9):
        admission.admit(arrived[at : at + 9], 20)

    assert stores.everything() == TAPE
    (found,) = stores.ledger.report()
    assert (found.received, found.stored, found.duplicates) == (63, 60, 1)
    assert found.corrupt == {"jump": 1, "superseded": 1}
    assert (found.first_at, found.last_at) == (TAPE[0].closed_at, TAPE[-1].closed_at)


def test_a_ledger_adds_tallies_and_tells_the_state_of_a_series(stores: Stores) -> None:
    ledger, first, last = stores.ledger, TAPE[3].closed_at, TAPE[9].closed_at
    assert ledger.states([KEY]) == {}
    ledger.note([Tally(KEY, received=1)], [], [], NOW)
    assert ledger.states([KEY]) == {}

    ledger.note([Tally(KEY, 5, 4, 1, 0, 2, rewritten=False, first_at=first, last_at=first)], [], [], NOW)
    ledger.note([Tally(KEY, 2, 2, 0, 1, 0, rewritten=True, first_at=first, last_at=last)], [], [], NOW)

    assert ledger.states([KEY, SeriesKey("MSFT", "1d")]) == {KEY: SeriesState(first, last, 1)}
    (found,) = ledger.report()
    assert (found.received, found.stored, found.duplicates, found.out_of_order, found.off_session) == (
        8,
        6,
        1,
        1,
        2,
    )


def test_a_defect_is_kept_once_and_let_go_when_it_proves_true(stores: Stores) -> None:
    stranger = Defect("XYZ", "1d", "never", "unreadable", "no time", "XYZ,never,1,1,1,1,1")
    held = defect(TAPE[4], "jump", "far away")
    stores.ledger.note([], [stranger, held, held], [], NOW)
    stores.ledger.note([], [held], [], NOW + timedelta(hours=1))

    assert stores.ledger.held(KEY, TAPE[4].closed_at) == {TAPE[4]: "jump"}
    assert stores.ledger.held(KEY, TAPE[5].closed_at) == {}
    assert [(one.key, one.corrupt) for one in stores.ledger.report()] == [
        (KEY, {"jump": 1}),
        (SeriesKey("XYZ", "1d"), {"unreadable": 1}),
    ]

    stores.ledger.note([], [], [TAPE[4]], NOW)

    assert stores.ledger.held(KEY, TAPE[0].closed_at) == {}


def test_a_held_candle_beyond_the_newest_is_looked_at_again(stores: Stores) -> None:
    far = replace(TAPE[1], high=TAPE[1].high * 9)
    stores.ledger.note([Tally(KEY, 1, 1, first_at=TAPE[0].closed_at, last_at=TAPE[0].closed_at)], [], [], NOW)
    stores.ledger.note([], [defect(far, "jump", "far away")], [], NOW)

    (state,) = stores.ledger.states([KEY]).values()

    assert state.held_at == far.closed_at


@pytest.mark.parametrize("stores", [pytest.param("influx", marks=REAL)], indirect=True)
def test_half_a_point_is_no_candle_until_the_rest_is_there(stores: Stores) -> None:
    assert stores.influx is not None
    stores.candles.save(TAPE[:2])
    stamp = int(TAPE[2].closed_at.timestamp()) * 10**9
    tags, writer = "candle,symbol=AAPL,timeframe=1d", stores.influx.write_api(write_options=SYNCHRONOUS)
    writer.write(BUCKET, record=f"{tags} open={TAPE[2].open},high={TAPE[2].high} {stamp}")
    assert stores.everything() == TAPE[:2]

    rest = f"low={TAPE[2].low},close={TAPE[2].close},volume={TAPE[2].volume}i"
    writer.write(BUCKET, record=f"{tags} {rest} {stamp}")

    assert stores.everything() == TAPE[:3]


def test_a_memory_of_candles_hears_what_another_container_rewrote() -> None:
    store, ledger = MemoryCandleStore(), MemoryQualityLedger()
    here, there = RecentCandles(store, keep=40), RecentCandles(store, keep=40)
    reference = FileReference()
    ours = Admission(here, ledger, reference, lambda: NOW, here.forget_rewritten)
    theirs = Admission(there, ledger, reference, lambda: NOW, there.forget_rewritten)
    ours.admit([*TAPE[:5], *TAPE[6:9]], 20)
    ours.admit([TAPE[9]], 20)
    theirs.admit([TAPE[5]], 20)

    (after,) = ours.admit([TAPE[10]], 20).series

    assert list(after.history) == TAPE[:11]
    deaf = Admission(here, ledger, reference, lambda: NOW)
    theirs.admit([replace(TAPE[8], volume=10**6)], 20)
    (stale,) = deaf.admit([TAPE[11]], 20).series
    assert list(stale.history)[8] == TAPE[8], "without hearing of it the old candle would still be used"
